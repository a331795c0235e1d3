import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let sink: SmtpSink
let app: TestApp
beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({ config: { smtpUrl: sink.url } })
})
afterAll(async () => {
	await app.close()
	await sink.close()
})

test('A trigger is enough: jobs plan the digest, send it, and try again what was refused for now', async () => {
	const newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, 60)
	await makeStory(app, newsletter.id)
	sink.script = (stage, { to, tries }) =>
		stage === 'rcpt' && to === 'reader9@example.net' && tries === 1 ? '451 4.7.1 Greylisted' : undefined

	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const { id } = triggered.digest
	await app.drain()
	expect(await digestProgress(app, id)).toMatchObject({ accepted: 59, due: 1, digest: { state: 'sending' } })

	await sql`update deliveries set due_at = now() where digest_id = ${id} and state = 'planned'`.execute(
		app.db,
	)
	await app.jobs.enqueue('reconcile', {})
	await app.drain()
	await expect.poll(async () => (await digestProgress(app, id)).digest.state).toBe('completed')
	expect(await digestProgress(app, id)).toMatchObject({ accepted: 60, due: 0, balanced: true })
	expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(60)
	expect(sink.messages).toHaveLength(60)
})
