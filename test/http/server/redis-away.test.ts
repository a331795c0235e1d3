import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { signInAs } from '../../support/console-browser.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startRedis } from '../../support/start-servers.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const onServers = inject('parts') === 'servers'
let folder: string
let redis: Awaited<ReturnType<typeof startRedis>>
let app: TestApp
beforeAll(async () => {
	if (!onServers) return
	folder = await mkdtemp(join(tmpdir(), 'envoi-redis-away-'))
	redis = await startRedis(folder)
	app = await startTestApp({ workers: false, config: { redisUrl: redis.url } })
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(async () => {
	await app?.close()
	await redis?.stop()
	if (folder) await rm(folder, { recursive: true, force: true })
})

it.runIf(onServers)(
	'Visitors sign up and staff reads the console while Redis is away',
	async () => {
		const owner = await signInAs(app, 'owner')
		// whether sending is held is to be looked for anew
		await app.installation.release(operator)
		await redis.stop()
		const signedUp = await app.request
			.post('/api/v1/newsletters/news/subscriptions')
			.send({ email: 'awa@example.org' })
		expect(signedUp.status, signedUp.text).toBe(202)
		for (const page of ['/console/newsletters/news', '/console/system']) {
			const answer = await owner.get(page)
			expect(answer.status, page).toBe(200)
		}
	},
	60_000,
)
