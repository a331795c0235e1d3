import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeDigest } from '../../src/commands/describe-digest.ts'
import { listPauses, planDigest, RelayPool, sendDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { type Mailer, type SendOutcome, wholeMessage } from '../../src/kernel/mail.ts'
import { severalRelays } from '../../src/mail/several-relays.ts'
import { signingMailer } from '../../src/mail/signing-mailer.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { staffOf } from '../support/staff-client.ts'
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

async function planned(readers: number, on: TestApp = app): Promise<number> {
	const newsletter = await makeNewsletter(on)
	await makeReaders(on, newsletter.id, readers)
	await makeStory(on, newsletter.id)
	const triggered = await triggerDigest(on, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await planDigest(on, triggered.digest.id)
	return triggered.digest.id
}

test('Two relays share a digest by weight; when one goes away the other takes the rest, and nobody gets it twice', async () => {
	const digestId = await planned(200)
	let shares: number[] = []
	large.script = (stage) => {
		if (stage === 'mail' && large.accepted >= 90) return '421 4.3.2 shutting down'
		if (stage === 'mail' && large.accepted >= 80 && shares.length === 0)
			shares = [large.accepted, small.accepted]
		return undefined
	}
	await sendDigest({ ...app, relays: new RelayPool(app, { pauseMs: 60_000 }) }, { digestId, lane: 0 })

	const [ofLarge = 0, ofSmall = 0] = shares
	expect(ofLarge / ofSmall).toBeGreaterThan(2)
	expect(ofLarge / ofSmall).toBeLessThan(4)
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 200, inDoubt: 0, refused: 0 })
	const got = [...large.messages, ...small.messages].map(({ to }) => to)
	expect([got.length, new Set(got).size]).toEqual([200, 200])
	expect(small.accepted).toBeGreaterThan(100)
	// both offer PIPELINING, and what wraps them says so
	expect(app.mailer.relays?.map(({ mailer }) => mailer.depth)).toEqual([2, 2])
	await expect
		.poll(() => listPauses(app))
		.toMatchObject([{ scope: 'relay', name: `127.0.0.1:${large.port}`, reason: '421 4.3.2 shutting down' }])
})

test('While all connections are busy the next messages are signed, as many as may be marked, and none of them twice', async () => {
	const digestId = await planned(12)
	const way = startSignedWay(['a', 'b'])
	const sending = sendDigest({ ...app, relays: way.relays }, { digestId, lane: 0 })
	await expect.poll(() => [way.waiting.length, way.signed.length]).toEqual([2, 4])
	expect(await digestProgress(app, digestId)).toMatchObject({ sending: 4 })
	// the second relay goes away: what was signed ahead goes to the first
	way.down.add('b')
	way.release()
	await sending
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 12, inDoubt: 0, due: 0 })
	expect(way.taken.map(({ signatures }) => signatures)).toEqual(Array.from({ length: 12 }, () => 1))
	expect(new Set(way.taken.map(({ to }) => to)).size).toBe(12)
	expect(way.taken.filter(({ relay }) => relay === 'b')).toHaveLength(0)
	// the one that the relay refused was composed anew, and so signed anew
	expect(way.signed).toHaveLength(13)
})

test('A row that is handed back drops the message that was signed for it', async () => {
	const digestId = await planned(6)
	const way = startSignedWay(['a'])
	const sending = sendDigest({ ...app, relays: way.relays }, { digestId, lane: 0 })
	await expect.poll(() => [way.waiting.length, way.signed.length]).toEqual([1, 2])
	way.down.add('a')
	way.release()
	expect(await sending).toMatchObject({ kind: 'relay_unavailable' })
	expect(await digestProgress(app, digestId)).toMatchObject({ due: 6, sending: 0 })

	const next = startSignedWay(['c'])
	next.release()
	await sendDigest({ ...app, relays: next.relays }, { digestId, lane: 0 })
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 6, due: 0 })
	expect(next.signed).toHaveLength(6)
})

/** Relays of one connection each that answer nothing until they are released, behind mailers that sign. */
function startSignedWay(names: readonly string[]) {
	const signed: string[] = []
	const taken: Array<{ relay: string; to: string; signatures: number }> = []
	const waiting: string[] = []
	const down = new Set<string>()
	const { promise: released, resolve: release } = Promise.withResolvers<void>()
	const mailerOf = (relay: string): Mailer => ({
		connections: 1,
		send: async ({ envelope: { to }, raw }): Promise<SendOutcome> => {
			waiting.push(to)
			await released
			if (down.has(relay)) return closing
			taken.push({ relay, to, signatures: wholeMessage(raw).match(/^X-Signature:/gm)?.length ?? 0 })
			return { kind: 'accepted', reply: '250 2.0.0 Ok' }
		},
		verify: async () => {},
		close: async () => {},
	})
	const sign = async () => `X-Signature: ${signed.push('')}\r\n`
	const relays = names.map((name) => ({ name, weight: 1, mailer: signingMailer(mailerOf(name), sign) }))
	const mailer = severalRelays(relays, app.log)
	const pool = new RelayPool({ mailer, log: app.log }, { pauseMs: 60_000, patienceMs: 10 })
	return { relays: pool, signed, taken, waiting, down, release }
}

const closing: SendOutcome = {
	kind: 'refused',
	permanence: 'temporary',
	scope: 'relay',
	reply: '421 4.3.2 shutting down',
}

test('A relay that does not keep to what it offers is named in status, API and metrics, in both languages, until it may be believed again', async () => {
	// a reply too many, to the first group alone
	const liar = await startSmtpSink({
		script: (stage, { connection }) =>
			stage === 'rcpt' && connection === 1 ? '250 2.1.5 Ok\r\n250 2.1.5 Ok again' : undefined,
	})
	const one = await startTestApp({ workers: false, config: { smtpUrl: liar.url, smtpConnections: 1 } })
	try {
		const digestId = await planned(3, one)
		await sendDigest({ ...one, relays: new RelayPool(one, { pauseMs: 1 }) }, { digestId, lane: 0 })
		expect(await digestProgress(one, digestId)).toMatchObject({ accepted: 3, inDoubt: 0, due: 0 })
		const name = `127.0.0.1:${liar.port}`
		await expect.poll(() => listPauses(one)).toMatchObject([{ scope: 'pipelining', name, held: false }])

		await sql`update digests set state = 'sending' where id = ${digestId}`.execute(one.db)
		const staff = await staffOf(one)
		const { body } = await staff.call('get', `/digests/${digestId}`)
		const [pause] = body.pauses
		expect(pause).toMatchObject({ scope: 'pipelining', name })
		expect(Date.parse(pause.until) - Date.now()).toBeLessThan(3_700_000)
		const told = (locale: 'en' | 'fr') =>
			describeDigest(body, { t: (key, values) => one.messages.text(locale, `cli.${key}`, values), locale })
		expect(told('en')).toMatch(
			/The relay 127\.0\.0\.1:\d+ doesn’t do what it offers \(.*\): until \d\d:\d\d UTC/,
		)
		expect(told('fr')).toMatch(/Le relais 127\.0\.0\.1:\d+ ne tient pas ce qu’il annonce/)
		const metrics = await one.request.get('/metrics')
		expect(metrics.text).toContain('envoi_sending_pauses{scope="pipelining"} 1')

		await sql`update sending_pauses set until = now() - interval '1 second'`.execute(one.db)
		expect(await listPauses(one)).toEqual([])
		expect((await one.request.get('/metrics')).text).toContain('envoi_sending_pauses{scope="pipelining"} 0')
	} finally {
		await one.close()
		await liar.close()
	}
})
