import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { restoreDatabase } from '../../src/app/restore-database.ts'
import { openApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { writeBackupFile } from '../../src/db/backup/backup-file.ts'
import { keyCheckOf } from '../../src/db/backup/key-check.ts'
import { writeBackup } from '../../src/db/backup/write-backup.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open-database.ts'
import { planDigest, resumeSending } from '../../src/deliveries/index.ts'
import { getDigest, resumeAfterRestore, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Log } from '../../src/kernel/log.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { findServers } from '../support/find-servers.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const onServers = inject('parts') === 'servers'
// what is the same whatever the database is of
const once = test.runIf(onServers || process.env.EVERYTHING || findServers().missing.length > 0)
const quiet: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => quiet }
const made: string[] = []
let folder: string
let app: TestApp
let file: string
let newsletterId: number

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-backup-'))
	app = await startTestApp({ workers: false })
	const newsletter = await makeNewsletter(app, { texts: { en: { name: 'A “tab”\t\\N, 🐘 and\nlines' } } })
	newsletterId = newsletter.id
	await sql`insert into subscribers (local_part, domain, comparable_address, address_hash)
		select 'r' || n, 'example.net', 'r' || n || '@example.net', md5(n::text) from generate_series(1, 5000) n`.execute(
		app.db,
	)
	for (const name of ['awa', 'bea', 'chi'])
		await makeReader(app, newsletter.id, { address: `${name}@example.net` })
	for (let count = 0; count < 300; count += 1)
		await makeStory(app, newsletter.id, { summary: '\\"é'.repeat(400) })
	await sql`insert into logos (hash, png) values (md5('a'), '\\x00ff0a5c')`.execute(app.db)
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind === 'created') await planDigest(app, triggered.digest.id)
	await app.db.updateTable('digests').set({ state: 'completed', completed_at: app.clock.now() }).execute()
	file = join(folder, 'all.backup')
	await backUp(file)
})
afterAll(async () => {
	await app?.close()
	for (const url of made) await onServer(`drop database ${new URL(url).pathname.slice(1)} with (force)`)
	await rm(folder, { recursive: true, force: true })
})

async function* bytesOf(text: AsyncIterable<string>) {
	for await (const part of text) yield Buffer.from(part)
}

function backUp(to: string) {
	return writeBackupFile(to, bytesOf(app.makeBackup()), { force: true })
}

async function onServer(statement: string): Promise<void> {
	const server = new URL(inject('postgresUrl'))
	server.pathname = '/postgres'
	const client = new pg.Client(String(server))
	await client.connect()
	await client.query(statement)
	await client.end()
}

/** Settings of an Envoi of its own: in a folder, or in a new database of the server; there are tables in it unless it is to be empty. */
async function elsewhere(kind = inject('parts'), { empty = false } = {}): Promise<Config> {
	const config = { ...readConfig({}), secretKey: app.config.secretKey ?? '', formMinSeconds: 0 }
	if (kind === 'embedded') {
		const dataDir = await mkdtemp(join(folder, 'data-'))
		return { ...config, dataDir: await makeDataFolder(dataDir) }
	}
	const url = new URL(inject('postgresUrl'))
	url.pathname = `/envoi_${randomBytes(6).toString('hex')}`
	const from = empty ? 'template0' : new URL(inject('postgresUrl')).pathname.slice(1)
	await onServer(`create database ${url.pathname.slice(1)} template ${from}`)
	made.push(String(url))
	return { ...config, databaseUrl: String(url), redisUrl: inject('redisUrl') }
}

function restore(config: Config, from: string, options: { replace?: boolean; otherSecret?: boolean } = {}) {
	return restoreDatabase(config, quiet, {
		file: from,
		key: undefined,
		replace: options.replace ?? false,
		otherSecret: options.otherSecret ?? false,
	})
}

const open = ({ databaseUrl: url, dataDir }: Config) =>
	openDatabase(url ? { url } : { folder: join(dataDir, 'database') }, () => {})

/** What stands in each table, but those that restoring itself writes. */
async function contentOf({ db }: Pick<OpenDatabase, 'db'>): Promise<Record<string, string>> {
	const { rows } = await sql<{ name: string }>`select relname as name from pg_class
		where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`.execute(db)
	const content: Record<string, string> = {}
	for (const { name } of rows) {
		if (/^kysely|^audit_entries$|^installation$/.test(name)) continue
		const found = await sql<{
			sum: string
		}>`select count(*) || ' ' || coalesce(md5(string_agg(row, '' order by row)), '') as sum
			from (select to_jsonb(t)::text as row from ${sql.table(name)} t) r`.execute(db)
		content[name] = found.rows[0]?.sum ?? ''
	}
	return content
}

async function contentAt(config: Config): Promise<Record<string, string>> {
	const database = await open(config)
	try {
		await sql`set timezone = 'UTC'`.execute(database.db)
		return await contentOf(database)
	} finally {
		await database.close()
	}
}

test('A backup brings every row of every table back, from one kind of database to the other and back again', {
	timeout: 90_000,
}, async () => {
	const before = await app.db.connection().execute(async (db) => {
		await sql`set timezone = 'UTC'`.execute(db)
		return contentOf({ db } as Pick<OpenDatabase, 'db'>)
	})
	expect(before).toMatchObject({
		stories: expect.stringMatching(/^300 /),
		deliveries_1: expect.stringMatching(/^3 /),
	})
	const small = await elsewhere('embedded')
	await restore(small, file)
	expect(await contentAt(small)).toEqual(before)
	if (!onServers) return

	const database = await open(small)
	const again = join(folder, 'again.backup')
	const keyCheck = keyCheckOf(app.keys)
	const text = writeBackup(database, { version: '0', keyCheck, now: new Date() })
	await writeBackupFile(again, bytesOf(text), {})
	await database.close()
	const large = await elsewhere('servers', { empty: true })
	await restore(large, again)
	expect(await contentAt(large)).toEqual(before)
})

once('What is made after a restore gets numbers that nothing had before', async () => {
	const gone = await makeStory(app, newsletterId)
	await app.db.deleteFrom('stories').where('id', '=', gone).execute()
	const later = join(folder, 'later.backup')
	await backUp(later)
	const config = await elsewhere()
	await restore(config, later)
	const database = await open(config)
	const next = await makeStory({ ...app, db: database.db }, newsletterId)
	await database.close()
	expect(next).toBeGreaterThan(gone)
})

test('A backup that is damaged, or by a later version, is not restored, and nothing is left of it', {
	timeout: 90_000,
}, async () => {
	const config = await elsewhere()
	const broken = Buffer.from(await readFile(file))
	broken[Math.floor(broken.length / 2)] = (broken[Math.floor(broken.length / 2)] ?? 0) ^ 0xff
	const text = gunzipSync(await readFile(file)).toString()
	// in the middle of the loading, and by what a later version would do
	const cases: Array<[string, Buffer]> = [
		['damaged', broken],
		['newer', gzipSync(text.replace('"0001-foundation"', '"0001-foundation","9000-later"'))],
	]
	for (const [why, content] of cases) {
		const bad = join(folder, `${why}.backup`)
		await writeFile(bad, content)
		await expect(restore(config, bad), why).rejects.toMatchObject({ message: `errors.backup.${why}` })
	}
	const left = await contentAt(config)
	expect(left.newsletters).toBe('0 ')
	await restore(config, file)
})

test('A database that somebody works with is replaced only where that is asked for, and stays where it fails', {
	timeout: 90_000,
}, async () => {
	const config = await elsewhere()
	await restore(config, file)
	const database = await open(config)
	await sql`create table of_another_program (a int)`.execute(database.db)
	await makeNewsletter({ ...app, db: database.db })
	await database.close()
	const before = await contentAt(config)
	await expect(restore(config, file)).rejects.toMatchObject({ message: 'errors.backup.not_empty' })
	const cut = join(folder, 'cut.backup')
	await writeFile(cut, (await readFile(file)).subarray(0, -500))
	await expect(restore(config, cut, { replace: true })).rejects.toMatchObject({
		message: 'errors.backup.cut',
	})
	expect(await contentAt(config)).toEqual(before)
	await restore(config, file, { replace: true })
	const after = await contentAt(config)
	expect(after.of_another_program).toBe('0 ')
	expect(after.newsletters?.slice(0, 2)).toBe('1 ')
})

test.runIf(onServers)('A process that has nothing to do is seen to be there all the same', async () => {
	const idle = await openDatabase({ url: app.config.databaseUrl ?? '' }, () => {})
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
	try {
		const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(idle.db)
		vi.advanceTimersByTime(3_600_000)
		vi.useRealTimers()
		const here = await sql`select from pg_stat_activity where pid = ${rows[0]?.pid}`.execute(app.db)
		expect(here.rows).toHaveLength(1)
	} finally {
		vi.useRealTimers()
		await idle.close()
	}
})

test.runIf(onServers)('No backup is restored into a database that a process works with', async () => {
	await sql`select 1`.execute(app.db)
	await expect(
		restore({ ...app.config, databaseUrl: app.config.databaseUrl }, file, { replace: true }),
	).rejects.toMatchObject({ message: 'errors.backup.in_use' })
})

once(
	'A backup of another secret key is refused, as its links and suppressions would be worth nothing',
	async () => {
		const config = {
			...(await elsewhere()),
			secretKey: 'another secret key of 32 characters or more',
		}
		await expect(restore(config, file)).rejects.toMatchObject({ message: 'errors.backup.other_secret' })
		await restore(config, file, { otherSecret: true })
	},
)

once(
	'A backup that was taken while a digest was sent sends nothing by itself, and nobody gets it twice',
	{
		timeout: 90_000,
	},
	async () => {
		const sink = await startSmtpSink()
		const sending = await startTestApp({ workers: false, config: { smtpUrl: sink.url } })
		const newsletter = await makeNewsletter(sending)
		for (let count = 0; count < 12; count += 1)
			await makeReader(sending, newsletter.id, { address: `reader-${count}@example.net` })
		await makeStory(sending, newsletter.id)
		const triggered = await triggerDigest(sending, newsletter.id, { by: operator })
		if (triggered.kind !== 'created') throw new Error(triggered.kind)
		await planDigest(sending, triggered.digest.id)
		// four went out, three are between the last byte and the reply
		await sql`with picked as (select subscription_id, row_number() over (order by subscription_id) as n from deliveries)
		update deliveries d set state = (case when n <= 4 then 'accepted' else 'sending' end)::delivery_state, attempts = 1,
			lease_until = case when n > 4 then now() - interval '1 second' end
		from picked where picked.subscription_id = d.subscription_id and n <= 7`.execute(sending.db)
		const during = join(folder, 'during.backup')
		await writeBackupFile(during, bytesOf(sending.makeBackup()), {})
		const config = { ...(await elsewhere()), smtpUrl: sink.url }
		await sending.close()

		await restore(config, during)
		const restored = await openApp(config, { log: quiet, clock: sending.clock })
		const workers = startWorkers(restored)
		try {
			expect((await restored.installation.findHold())?.reason).toBe('older_backup')
			await restored.jobs.drain()
			expect(sink.accepted).toBe(0)
			await resumeAfterRestore(restored, operator)
			await restored.jobs.drain()
			expect(sink.accepted).toBe(0)
			expect((await getDigest(restored, triggered.digest.id)).state).toBe('paused')
			await resumeSending(restored, triggered.digest.id, operator)
			await restored.jobs.drain()
			await expect.poll(() => sink.accepted).toBe(5)
			const { rows } = await sql<{ state: string; count: number }>`
			select state, count(*)::int from deliveries group by state order by state`.execute(restored.db)
			expect(rows).toEqual([
				{ state: 'accepted', count: 9 },
				{ state: 'in_doubt', count: 3 },
			])
		} finally {
			workers.stop()
			await restored.close()
			await sink.close()
		}
	},
)

once('A backup that an older version made is brought up to this one', { timeout: 90_000 }, async () => {
	const fixture = new URL('../db/fixtures/while-sending-at-0008.sql.gz', import.meta.url)
	const old = await openDatabase({ folder: undefined }, () => {})
	await sql.raw(gunzipSync(await readFile(fixture)).toString()).execute(old.db)
	await sql`set search_path = public, bullmq`.execute(old.db)
	const text = writeBackup(old, { version: '0.0.8', keyCheck: keyCheckOf(app.keys), now: new Date() })
	const older = join(folder, 'older.backup')
	await writeBackupFile(older, bytesOf(text), {})
	await old.close()
	const config = await elsewhere()
	const { header } = await restore(config, older)
	expect(header.migrations).toHaveLength(8)
	const database = await open(config)
	const found = await database.db.selectFrom('digests').select(['id', 'state']).orderBy('id').execute()
	const sums = await sql<{ count: number }>`
		select sum(count)::int as count from subscription_tallies`.execute(database.db)
	await database.close()
	expect(found.map(({ state }) => state)).toEqual(['paused', 'completed', 'cancelled', 'paused', 'paused'])
	expect(sums.rows[0]?.count).toBe(60)
})
