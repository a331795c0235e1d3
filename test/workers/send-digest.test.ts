import { afterAll, beforeAll, expect, test } from 'vitest'
import { planDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { sendDigestProcessor } from '../../workers/send-digest.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let sink: SmtpSink
let app: TestApp
beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({ workers: false, config: { smtpUrl: sink.url } })
})
afterAll(async () => {
	await app.close()
	await sink.close()
})

async function planned(): Promise<number> {
	const newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, 30)
	await makeStory(app, newsletter.id)
	const made = await triggerDigest(app, newsletter.id, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	await planDigest(app, made.digest.id)
	return made.digest.id
}

test('A process takes one lane of a digest and leaves the others, but sends several digests at once', async () => {
	const [one, other] = [await planned(), await planned()]
	const run = sendDigestProcessor(app)
	const ends = await Promise.all([
		run({ digestId: one, lane: 0 }),
		run({ digestId: one, lane: 1 }),
		run({ digestId: other, lane: 0 }),
	])
	expect(ends).toEqual([undefined, { leftForMs: expect.any(Number) }, undefined])
	for (const digestId of [one, other]) {
		expect(await digestProgress(app, digestId)).toMatchObject({
			accepted: 30,
			digest: { state: 'completed' },
		})
	}
	// the lane that was left finds nothing to do
	expect(await run({ digestId: one, lane: 1 })).toBeUndefined()
})
