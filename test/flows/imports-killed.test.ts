import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import {
	beginCheck,
	beginRun,
	beginUndo,
	changeImport,
	checkTallies,
	getImport,
	type ImportRecord,
	reportImport,
	startImport,
} from '../../src/subscriptions/index.ts'
import { asked } from '../support/bring-file.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { redisApart } from '../support/redis-apart.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// what works on an import is killed (SIGKILL) at random rows of every step

const rows = 8_000
const isEmbedded = inject('parts') === 'embedded'
let app: TestApp

beforeAll(async () => {
	app = await startTestApp({ workers: false })
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app?.close())

/** Starts processes that go on with an import, and kills each once so many more rows are done; the last one comes to the end. */
async function goOnThroughKills(
	id: number,
	most: number,
	done: (found: ImportRecord) => number,
): Promise<number> {
	const file = fileURLToPath(new URL('../support/continue-import.ts', import.meta.url))
	const { databaseUrl: DATABASE_URL = '', redisUrl = '', secretKey: SECRET_KEY } = app.config
	const REDIS_URL = redisUrl && redisApart(redisUrl, 2)
	const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
	const env = { PATH, HOME, NODE_COMPILE_CACHE, DATABASE_URL, REDIS_URL, SECRET_KEY, LOG_LEVEL: 'error' }
	for (let kills = 0; ; kills++) {
		const before = done(await getImport(app, id, operator))
		const target = before + 1 + Math.random() * (rows / 5)
		const child = spawn(process.execPath, [file, String(id)], { env, stdio: ['ignore', 'pipe', 'inherit'] })
		const ended = once(child, 'close')
		const isOver = ended.then(() => true)
		while (kills < most && done(await getImport(app, id, operator)) < target) {
			if (await Promise.race([isOver, wait(5, false)])) break
		}
		if (kills < most) child.kill('SIGKILL')
		const [code] = await ended
		if (code === 0) return kills
		if (kills >= most) throw new Error(`the process ended with ${code}`)
	}
}

// the embedded database has one process, which is killed with it: docs/ARCHITECTURE.md, test/chaos
it.skipIf(isEmbedded)(
	'ends with each row once, a complete report and right sums; and is taken back in the same way',
	{ timeout: 240_000 },
	async () => {
		const lines = Array.from({ length: rows }, (_, index) =>
			index % 100 === 50 ? 'no address' : `reader${index}@killed.example`,
		)
		const content = [Buffer.from(['email', ...lines].join('\n'))]
		const { id } = await startImport(app, { newsletter: 'news', fileName: 'readers.csv', content }, operator)
		await changeImport(app, id, { basis: asked }, operator)

		await beginCheck(app, id, operator)
		const kills = [await goOnThroughKills(id, 1, ({ staged }) => staged)]
		expect(await getImport(app, id, operator)).toMatchObject({ state: 'checked', staged: rows })
		await beginRun(app, id, operator)
		kills.push(await goOnThroughKills(id, 3, ({ position }) => position))
		const unusable = rows / 100
		const done = await getImport(app, id, operator)
		expect(done).toMatchObject({ state: 'done', outcomes: { new: rows - unusable, unusable } })

		const count = async (table: 'subscribers' | 'subscriptions' | 'consent_receipts') =>
			(await app.db.selectFrom(table).select('id').execute()).length
		expect(await count('subscribers')).toBe(rows - unusable)
		expect(await count('subscriptions')).toBe(rows - unusable)
		expect(await count('consent_receipts')).toBe(rows - unusable)
		expect(await checkTallies(app)).toEqual([])
		const numbers: number[] = []
		for await (const batch of await reportImport(app, id, operator))
			numbers.push(...batch.map((row) => row.number))
		expect(numbers).toEqual(Array.from({ length: rows }, (_, index) => index + 1))

		await beginUndo(app, id, operator)
		kills.push(await goOnThroughKills(id, 1, ({ position }) => position))
		const undone = await getImport(app, id, operator)
		expect(undone).toMatchObject({ state: 'undone', undone: { removed: rows - unusable, kept: 0 } })
		expect(await count('subscriptions')).toBe(0)
		expect(await count('subscribers')).toBe(0)
		expect(await checkTallies(app)).toEqual([])
		// where none was killed in the middle nothing was shown
		expect(Math.min(...kills)).toBeGreaterThan(0)
	},
)
