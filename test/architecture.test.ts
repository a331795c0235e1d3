import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Business folders, lowest first: each may import those before it. */
const business = [
	'audit',
	'installation',
	'alerts',
	'refusals',
	'newsletters',
	'suppressions',
	'subscriptions',
	'stories',
	'digests',
	'deliveries',
	'exports',
	'returned-mail',
	'bounces',
	'webhooks',
	'staff',
	'retention',
]
const technology = [
	'db',
	'queues',
	'mail',
	'inbound',
	'feeds',
	'images',
	'http',
	'limits',
	'logs',
	'metrics',
	'sign-in',
]
const composition = ['src/app.ts', 'src/app', 'src/main.ts', 'src/read-version.ts']

/** What the command line may import beside business folders, kernel and settings. */
const ofCommands = [
	'src/app.ts',
	'src/app/restore-database.ts',
	'src/read-version.ts',
	'workers/start-workers.ts',
	// the answers of the API that it calls, as types
	'src/http/api/index.ts',
	// what runs on the machine itself, without an App
	'src/db/backup/backup-file.ts',
	'src/db/backup/backup-key.ts',
	'src/db/backup/read-backup.ts',
	'src/db/claim-data-folder.ts',
	'src/feeds/index.ts',
	'src/inbound/imap-mailbox.ts',
	'src/inbound/smtp-listener.ts',
	'src/logs/create-log.ts',
	'src/logs/take-over-output.ts',
	'src/mail/smtp/measure-relay.ts',
]

/** Libraries that only these may touch: business code sees what the kernel declares. */
const keptTo: Record<string, string[]> = {
	express: ['src/http'],
	yazl: ['src/http'],
	helmet: ['src/http'],
	eta: ['src/http', 'src/mail'],
	bullmq: ['src/queues', 'src/db'],
	ioredis: ['src/queues', 'src/limits'],
	'rate-limiter-flexible': ['src/limits'],
	nodemailer: ['src/mail'],
	'smtp-server': ['src/inbound'],
	imapflow: ['src/inbound'],
	mjml: ['src/mail'],
	feedsmith: ['src/feeds'],
	'csv-parse': ['src/kernel/csv'],
	undici: ['src/feeds'],
	sharp: ['src/images'],
	'@fastify/busboy': ['src/http'],
	pg: ['src/db', 'src/queues', 'src/limits'],
	'@electric-sql/pglite': ['src/db'],
	'age-encryption': ['src/db'],
	pino: ['src/logs'],
	otpauth: ['src/sign-in'],
	'@zxcvbn-ts/core': ['src/sign-in'],
	'prom-client': ['src/metrics'],
}

type Import = { from: string; to: string; library: boolean }

const files = globSync(['src/**/*.ts', 'workers/**/*.ts', 'emails/**/*.ts'], { cwd: root })
	.filter((file) => !/^src\/http\/\w+\/public\//.test(file))
	.sort()
const imports = files.flatMap(readImports)

function readImports(file: string): Import[] {
	const source = readFileSync(join(root, file), 'utf8')
	const found = source.matchAll(
		/(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
	)
	return [...found].map((match) => {
		const to = match[1] ?? match[2] ?? ''
		if (!to.startsWith('.'))
			return {
				from: file,
				to: to
					.split('/')
					.slice(0, to.startsWith('@') ? 2 : 1)
					.join('/'),
				library: true,
			}
		return { from: file, to: relative(root, normalize(join(root, dirname(file), to))), library: false }
	})
}

function linesOf(file: string): number {
	return readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
}

/** `kernel`, `stories`, `http`, `workers`, `emails`, or `composition`. */
function partOf(path: string): string {
	if (composition.some((place) => path === place || path.startsWith(`${place}/`))) return 'composition'
	const [top = '', folder = ''] = path.split('/')
	return top === 'src' ? folder.replace(/\.ts$/, '') : top
}

function mayImport(from: string, to: string, target: string): boolean {
	if (from === to || from === 'composition') return true
	if (to === 'kernel') return true
	if (from === 'kernel') return false
	if (business.includes(from)) {
		if (to === 'jobs') return true
		if (to === 'emails') return target === 'emails/catalog.ts'
		return business.indexOf(to) >= 0 && business.indexOf(to) < business.indexOf(from)
	}
	if (from === 'queues') return to === 'jobs'
	if (from === 'mail') return to === 'emails'
	if (from === 'http') return business.includes(to)
	if (from === 'commands') return business.includes(to) || to === 'config' || ofCommands.includes(target)
	if (from === 'workers') return business.includes(to) || to === 'jobs'
	return false
}

describe('the import table', () => {
	it('is read from a house that has files and imports in it', () => {
		expect(files.length).toBeGreaterThan(40)
		expect(imports.filter(({ library }) => !library).length).toBeGreaterThan(100)
		expect(new Set(files.map(partOf))).toEqual(
			new Set([
				'kernel',
				'jobs',
				'config',
				'commands',
				'composition',
				'workers',
				'emails',
				...business,
				...technology,
			]),
		)
	})

	it('holds for every import between folders', () => {
		const broken = imports.filter(
			({ from, to, library }) => !library && !mayImport(partOf(from), partOf(to), to),
		)
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
	})

	it('lets outsiders into a business folder by its index only', () => {
		const broken = imports.filter(
			({ from, to, library }) =>
				!library && business.includes(partOf(to)) && partOf(from) !== partOf(to) && !to.endsWith('/index.ts'),
		)
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
	})

	it('keeps each library to the folders that wrap it', () => {
		const broken = imports.filter(({ from, to, library }) => {
			const allowed = library ? keptTo[to] : undefined
			return (
				allowed !== undefined &&
				partOf(from) !== 'composition' &&
				!allowed.some((folder) => from.startsWith(`${folder}/`))
			)
		})
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
	})

	it('keeps SQL to the stores, and the environment to config.ts', () => {
		const queries = files.filter(
			(file) =>
				business.includes(partOf(file)) &&
				!/\/store(\/[\w-]+)?\.ts$/.test(file) &&
				/\.(selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql`/.test(
					readFileSync(join(root, file), 'utf8'),
				),
		)
		expect(queries).toEqual([])
		const environment = files.filter(
			(file) => file !== 'src/config.ts' && /process\.env/.test(readFileSync(join(root, file), 'utf8')),
		)
		expect(environment).toEqual([])
	})

	it('writes into the audit from business folders alone, in the transaction of what is done', () => {
		const outside = files.filter(
			(file) =>
				!business.includes(partOf(file)) &&
				/\brecordAudit\b|\binsertAuditEntry\b/.test(readFileSync(join(root, file), 'utf8')),
		)
		expect(outside).toEqual([])
	})

	it('knows who acts by what an actor is, never by reading its name', () => {
		const parsing = files.filter((file) => {
			const source = readFileSync(join(root, file), 'utf8')
			const readsName =
				/['"`/]\^?key:|\bactor(?:Name\([^)]*\))?\.(?:startsWith|split|slice|match|indexOf|includes|replace)\b/
			return file !== 'src/kernel/actor.ts' && (readsName.test(source) || /\bactor\??: string\b/.test(source))
		})
		// the row of the audit is the one place where an actor is a name
		expect(parsing).toEqual(['src/audit/store.ts', 'src/kernel/tables/operation.ts'])
	})

	it('has no file over 300 lines; functions over 60 are found by the linter', () => {
		const long = globSync(['src/**/*.{ts,js,eta}', 'workers/**/*.ts', 'emails/**/*.{ts,mjml}'], {
			cwd: root,
		}).filter((file) => linesOf(file) > 300)
		expect(long).toEqual([])
	})

	it('has no folder or file that could hold anything', () => {
		const vague = files.filter((file) =>
			/(^|\/)(utils?|helpers?|services?|managers?|common|misc)(\/|\.ts$|-)/.test(file),
		)
		expect(vague).toEqual([])
	})
})
