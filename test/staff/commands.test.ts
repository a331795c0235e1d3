import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { recordSignups } from '../../src/subscriptions/index.ts'
import { signUp } from '../subscriptions/people.ts'
import { redisApart } from '../support/redis-apart.ts'
import { runCommand } from '../support/run-command.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const onServers = inject('parts') === 'servers'

let app: TestApp | undefined
let folder: string
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-commands-'))
	app = onServers ? await startTestApp({ workers: false }) : undefined
})
afterAll(async () => {
	await app?.close()
	await rm(folder, { recursive: true, force: true })
})

async function run(...args: string[]) {
	const { databaseUrl = '', redisUrl = '', secretKey = '' } = app?.config ?? {}
	const REDIS_URL = redisUrl && redisApart(redisUrl, 1)
	const settings = { DATABASE_URL: databaseUrl, REDIS_URL, SECRET_KEY: secretKey, DATA_DIR: folder }
	return runCommand(args, settings)
}

describe('the command line by itself', { timeout: 60_000 }, () => {
	it('acts on the data folder, or on the servers and then leaves the folder alone', async () => {
		const details = ['--postal-address', '1 Main Street', '--contact', 'a@example.org']
		const created = await run(
			'newsletter',
			'create',
			'news',
			'--name',
			'News',
			'--from',
			'a@example.org',
			...details,
		)
		expect(created.code, created.text).toBe(0)
		await run('story', 'write', 'news', '--title', 'A well')
		expect((await run('digest', 'preview', 'news')).text).toContain('News: A well')
		expect((await readdir(folder)).length > 0).toBe(!onServers)
		if (app) await checkServers(app)
	})
})

/** There other processes run the workers: a digest is handed to them. */
async function checkServers(app: TestApp): Promise<void> {
	const { db } = app
	await signUp(app, 'reader@example.net')
	await recordSignups(app)
	await db.updateTable('subscriptions').set({ state: 'active' }).execute()
	const sent = await run('digest', 'send', 'news', '--key', 'k')
	expect([sent.code, sent.text]).toEqual([0, expect.stringContaining('is being sent')])
	const digests = await db.selectFrom('digests').select(['trigger', 'trigger_key']).execute()
	expect(digests).toEqual([{ trigger: 'staff', trigger_key: 'staff:k' }])
	const entries = await db.selectFrom('audit_entries').select('actor').distinct().execute()
	expect(entries).toEqual([{ actor: 'operator' }])
}
