import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRelay, listPauses, planDigest, sendDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let large: SmtpSink
let small: SmtpSink
let app: TestApp
beforeAll(async () => {
	large = await startSmtpSink()
	small = await startSmtpSink()
	const smtpUrl = `${large.url}&weight=3 ${small.url}&weight=1`
	app = await startTestApp({ workers: false, config: { smtpUrl, smtpConnections: 6 } })
})
afterAll(async () => {
	await app.close()
	await Promise.all([large.close(), small.close()])
})

test('Two relays share a digest by weight; when one goes away the other takes the rest, and nobody gets it twice', async () => {
	const newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, 200)
	await makeStory(app, newsletter.id)
	const triggered = await triggerDigest(app, newsletter.id, { trigger: 'staff' })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const digestId = triggered.digest.id
	await planDigest(app, digestId)

	let shares: number[] = []
	large.script = (stage) => {
		if (stage === 'mail' && large.accepted >= 90) return '421 4.3.2 shutting down'
		if (stage === 'mail' && large.accepted >= 80 && shares.length === 0)
			shares = [large.accepted, small.accepted]
		return undefined
	}
	await sendDigest({ ...app, relay: createRelay(app, { pauseMs: 60_000 }) }, { digestId, lane: 0 })

	const [ofLarge = 0, ofSmall = 0] = shares
	expect(ofLarge / ofSmall).toBeGreaterThan(2)
	expect(ofLarge / ofSmall).toBeLessThan(4)
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 200, inDoubt: 0, refused: 0 })
	const got = [...large.messages, ...small.messages].map(({ to }) => to)
	expect([got.length, new Set(got).size]).toEqual([200, 200])
	expect(small.accepted).toBeGreaterThan(100)
	await expect
		.poll(() => listPauses(app))
		.toMatchObject([{ scope: 'relay', name: `127.0.0.1:${large.port}`, reason: '421 4.3.2 shutting down' }])
})
