import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { operator } from '../../src/kernel/actor.ts'
import {
	beginCheck,
	beginRun,
	changeImport,
	checkTallies,
	continueImport,
	getImport,
	type ImportRecord,
	startImport,
} from '../../src/subscriptions/index.ts'
import { asked } from '../support/bring-file.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { type StartedServer, startPostgres, startRedis } from '../support/start-servers.ts'

// PostgreSQL crashes in the middle of an import, whose commits don't wait for the disk: what is lost is done again

const rows = 20_000
const onServers = inject('parts') === 'servers'
let app: App
let postgres: StartedServer
const closers: Array<() => Promise<unknown>> = []

beforeAll(async () => {
	if (!onServers) return
	const folder = await mkdtemp(join(tmpdir(), 'envoi-crash-'))
	await chmod(folder, 0o711)
	closers.push(() => rm(folder, { recursive: true, force: true }))
	// what was committed without waiting stays unwritten for as long as can be
	postgres = await startPostgres(folder, {
		database: 'envoi',
		settings: ['wal_writer_delay=10s', 'wal_writer_flush_after=0'],
	})
	closers.push(() => postgres.stop())
	const redis = await startRedis(folder)
	closers.push(() => redis.stop())
	const settings = { SECRET_KEY: 'a secret key of the test, 32 characters or more', LOG_LEVEL: 'silent' }
	app = await openApp(readConfig({ DATABASE_URL: postgres.url, REDIS_URL: redis.url, ...settings }))
	closers.push(() => app.close())
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(async () => {
	for (const close of closers.reverse()) await close()
})

/** Goes on with an import to its end, while PostgreSQL crashes each time so many more rows are done. Gives how often it did. */
async function goOnThroughCrashes(
	id: number,
	most: number,
	done: (found: ImportRecord) => number,
): Promise<number> {
	const isUnderWay = (found: ImportRecord) => found.state === 'checking' || found.state === 'running'
	for (let crashes = 0; ; ) {
		const before = await getImport(app, id, operator)
		if (!isUnderWay(before)) return crashes
		let isOver = false
		const working = continueImport(app, { importId: id })
			.catch(() => {})
			.finally(() => {
				isOver = true
			})
		while (crashes < most && !isOver) {
			const now = await getImport(app, id, operator)
			if (done(now) > done(before) + rows / 8) {
				await postgres.restart('SIGQUIT')
				crashes++
				break
			}
			await wait(1)
		}
		await working
	}
}

it.runIf(onServers)(
	'An import goes on where it was through crashes of PostgreSQL, and loses no row',
	{ timeout: 120_000 },
	async () => {
		const lines = Array.from({ length: rows }, (_, index) => `reader${index}@crashed.example`)
		const content = [Buffer.from(['email', ...lines].join('\n'))]
		const { id } = await startImport(app, { newsletter: 'news', fileName: 'readers.csv', content }, operator)
		await changeImport(app, id, { basis: asked }, operator)

		await beginCheck(app, id, operator)
		expect(await goOnThroughCrashes(id, 2, ({ staged }) => staged)).toBeGreaterThan(0)
		expect(await getImport(app, id, operator)).toMatchObject({
			state: 'checked',
			staged: rows,
			outcomes: { new: rows },
		})
		await beginRun(app, id, operator)
		expect(await goOnThroughCrashes(id, 2, ({ position }) => position)).toBeGreaterThan(0)
		expect(await getImport(app, id, operator)).toMatchObject({ state: 'done', outcomes: { new: rows } })

		const count = async (table: 'subscribers' | 'subscriptions' | 'consent_receipts' | 'import_rows') =>
			Number(
				(
					await app.db
						.selectFrom(table)
						.select(({ fn }) => fn.countAll<number>().as('count'))
						.executeTakeFirstOrThrow()
				).count,
			)
		for (const table of ['subscribers', 'subscriptions', 'consent_receipts', 'import_rows'] as const) {
			expect([table, await count(table)]).toEqual([table, rows])
		}
		expect(await checkTallies(app)).toEqual([])
	},
)
