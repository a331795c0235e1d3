import { afterAll, beforeAll, expect, test } from 'vitest'
import { planDigest, RelayPool, reconcileDeliveries, sendDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { createSmtpMailer } from '../../src/mail/smtp-mailer.ts'
import { alwaysChunked } from '../support/always-chunked.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())

const connections = 3
const readers = 60

test.each([
	{ offered: 'nothing more', pipelining: false, extensions: [], doubts: 1 },
	{ offered: 'PIPELINING', pipelining: true, extensions: [], doubts: 1 },
	{ offered: 'PIPELINING and CHUNKING', pipelining: true, extensions: ['CHUNKING'], doubts: 2 },
])(
	'A relay that offers $offered takes what it is given and says nothing for as long as it is waited for: the few under way are in doubt, all others get it once',
	async ({ pipelining, extensions, doubts }) => {
		let isSilent = false
		const sink = await startSmtpSink({
			pipelining,
			extensions,
			script: (stage) => {
				isSilent ||= sink.accepted >= 20
				return isSilent && (stage === 'mail' || stage === 'message') ? 'hang' : undefined
			},
		})
		const mailer = createSmtpMailer({
			url: sink.url,
			connections,
			chunking: alwaysChunked,
			// ten minutes, in small
			timeouts: { silenceMs: 200 },
		})
		const newsletter = await makeNewsletter(app)
		await makeReaders(app, newsletter.id, readers)
		await makeStory(app, newsletter.id)
		const triggered = await triggerDigest(app, newsletter.id, { by: operator })
		if (triggered.kind !== 'created') throw new Error(triggered.kind)
		const digestId = triggered.digest.id
		await planDigest(app, digestId)

		const relays = new RelayPool({ ...app, mailer }, { pauseMs: 1, patienceMs: 1 })
		expect(await sendDigest({ ...app, relays }, { digestId, lane: 0 })).toMatchObject({
			kind: 'relay_unavailable',
		})
		const silent = await digestProgress(app, digestId)
		expect(silent.inDoubt).toBeLessThanOrEqual(connections * doubts)
		expect(silent).toMatchObject({ refused: 0, sending: 0 })
		expect(silent.accepted + silent.due + silent.inDoubt).toBe(readers)

		sink.script = () => undefined
		await reconcileDeliveries(app)
		const patient = createSmtpMailer({ url: sink.url, connections })
		const awake = new RelayPool({ ...app, mailer: patient })
		expect(await sendDigest({ ...app, relays: awake }, { digestId, lane: 0 })).toEqual({
			kind: 'nothing_due',
		})
		expect(await digestProgress(app, digestId)).toMatchObject({
			accepted: readers - silent.inDoubt,
			inDoubt: silent.inDoubt,
			balanced: true,
		})
		expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(sink.messages.length)
		await mailer.close()
		await patient.close()
		await sink.close()
	},
)
