import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { recordRefusals } from '../../src/bounces/index.ts'
import {
	type LaneEnd,
	listDeliveries,
	listPauses,
	planDigest,
	RelayPool,
	reconcileDeliveries,
	sendDigest,
} from '../../src/deliveries/index.ts'
import { type DigestProgress, digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { ownReason } from '../../src/kernel/own-reason.ts'
import { createSmtpMailer } from '../../src/mail/smtp-mailer.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { makeNewsletter, makeReader, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let sink: SmtpSink
let app: TestApp
let newsletter: Newsletter
let relays: RelayPool
beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({ workers: false, config: { smtpUrl: sink.url, smtpConnections: 4 } })
})
afterAll(async () => {
	await app.close()
	await sink.close()
})
beforeEach(async () => {
	newsletter = await makeNewsletter(app)
	relays = new RelayPool(app, { pauseMs: 1, patienceMs: 100 })
	await sql`delete from sending_pauses`.execute(app.db)
})
afterEach(() => sink.reset())

/** A digest with one story in each language, its audience frozen. */
async function planned(): Promise<number> {
	await makeStory(app, newsletter.id)
	await makeStory(app, newsletter.id, { locale: 'fr' })
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await planDigest(app, triggered.digest.id)
	return triggered.digest.id
}

const send = (digestId: number, deps: Partial<Parameters<typeof sendDigest>[0]> = {}): Promise<LaneEnd> =>
	sendDigest({ ...app, relays, ...deps }, { digestId, lane: 0 })

const progress = (digestId: number): Promise<DigestProgress> => digestProgress(app, digestId)

/** Lets the time pass that temporary refusals are put off for. */
async function makeDue(digestId: number): Promise<void> {
	await sql`update deliveries set due_at = now() where digest_id = ${digestId} and state = 'planned'`.execute(
		app.db,
	)
}

test('Everybody who is to get it gets it once, in their language; the rest is counted by reason', async () => {
	await makeReaders(app, newsletter.id, 30, (index) => (index % 3 === 0 ? 'fr' : 'en'))
	await makeReader(app, newsletter.id, { address: 'pending@example.net', state: 'pending' })
	await makeReader(app, newsletter.id, { address: 'left@example.net', state: 'unsubscribed' })
	await makeReader(app, newsletter.id, { address: 'es@example.net', locale: 'es' })
	await makeReader(app, newsletter.id, { address: 'dead@example.net' })
	const addressHash = hashAddress(app.keys, 'dead@example.net')
	await suppress(app.db, { addressHash, reason: 'dead_address', evidence: null, at: app.clock.now() })

	const digestId = await planned()
	const sums = {
		candidates: 34,
		planned: 30,
		excluded: { pending: 1, unsubscribed: 1, no_rendition: 1, suppressed: 1 },
		balanced: true,
	}
	expect(await progress(digestId)).toMatchObject({ ...sums, due: 30, accepted: 0 })
	expect(await send(digestId)).toEqual({ kind: 'nothing_due' })
	expect(await progress(digestId)).toMatchObject({
		...sums,
		due: 0,
		accepted: 30,
		digest: { state: 'completed' },
	})

	expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(30)
	expect(sink.messages).toHaveLength(30)
	expect(sink.to('reader3@example.net')[0]?.raw).toContain('Nouvelles du monde')
	expect(sink.to('reader4@example.net')[0]?.raw).toContain('World News')
	const [delivery] = await listDeliveries(app, digestId, { state: 'accepted', limit: 1 })
	expect(delivery).toMatchObject({
		address: 'reader1@example.net',
		reply: '250 2.0.0 Ok: queued',
		attempts: 1,
	})
	const page = await listDeliveries(app, digestId, { after: delivery?.subscriptionId, limit: 100 })
	expect(page).toHaveLength(29)
})

test('Planning twice, and sending twice or in two lanes at once, changes nothing', async () => {
	await makeReaders(app, newsletter.id, 40)
	const digestId = await planned()
	await planDigest(app, digestId)
	await Promise.all([send(digestId), send(digestId)])
	await send(digestId)
	await planDigest(app, digestId)
	expect(sink.messages).toHaveLength(40)
	expect(await progress(digestId)).toMatchObject({ planned: 40, accepted: 40, balanced: true })
})

test('Who unsubscribes or is suppressed after planning gets nothing (U11)', async () => {
	await makeReaders(app, newsletter.id, 5)
	const digestId = await planned()
	await sql`update subscriptions set state = 'unsubscribed' where newsletter_id = ${newsletter.id} and subscriber_id =
		(select id from subscribers where comparable_address = 'reader2@example.net')`.execute(app.db)
	const addressHash = hashAddress(app.keys, 'reader3@example.net')
	await suppress(app.db, { addressHash, reason: 'complaint', evidence: null, at: app.clock.now() })
	await send(digestId)
	expect(sink.messages.map(({ to }) => to).sort()).toEqual([1, 4, 5].map((n) => `reader${n}@example.net`))
	expect(await progress(digestId)).toMatchObject({
		candidates: 5,
		planned: 3,
		excluded: { unsubscribed: 1, suppressed: 1 },
		accepted: 3,
		balanced: true,
	})
	await app.db.deleteFrom('suppressions').execute()
})

test('A refused recipient does not stop the rest, and is never tried again', async () => {
	await makeReaders(app, newsletter.id, 12)
	sink.script = (stage, { to }) =>
		stage === 'rcpt' && to === 'reader7@example.net' ? '550 5.1.1 no such user' : undefined
	const digestId = await planned()
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({
		accepted: 11,
		refused: 1,
		due: 0,
		digest: { state: 'completed' },
	})
	expect(await listDeliveries(app, digestId, { state: 'refused' })).toMatchObject([
		{ address: 'reader7@example.net', reply: '550 5.1.1 no such user' },
	])
})

test('What is refused for now waits and is tried again, with the same Message-ID (F1, S1)', async () => {
	await makeReaders(app, newsletter.id, 6)
	sink.script = (stage, { tries, raw, to }) => {
		if (stage !== 'message' || !to.startsWith('reader2@')) return undefined
		ids.push(/^Message-ID: (.*)$/m.exec(raw)?.[1] ?? '')
		return tries === 1 ? '451 4.7.1 Greylisted' : undefined
	}
	const ids: string[] = []
	const digestId = await planned()
	expect(await send(digestId)).toEqual({ kind: 'nothing_due' })
	expect(await progress(digestId)).toMatchObject({ accepted: 5, due: 1, digest: { state: 'sending' } })
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 5, due: 1 })

	await makeDue(digestId)
	await reconcileDeliveries(app)
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 6, due: 0, digest: { state: 'completed' } })
	expect(ids).toHaveLength(2)
	expect(ids[0]).toBe(ids[1])
	const all = sink.messages.map(({ raw }) => /^Message-ID: (.*)$/m.exec(raw)?.[1])
	expect(new Set(all).size).toBe(6)
})

test('After five days of temporary refusals a delivery is refused (S1)', async () => {
	await makeReaders(app, newsletter.id, 1)
	sink.script = (stage) => (stage === 'rcpt' ? '450 4.2.2 mailbox full' : undefined)
	const digestId = await planned()
	await send(digestId)
	await makeDue(digestId)
	await sql`update deliveries set first_deferred_at = now() - interval '5 days 1 second'`.execute(app.db)
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ refused: 1, due: 0, digest: { state: 'completed' } })
})

test('A relay that is down costs nobody a try; when it is back all are sent', async () => {
	await makeReaders(app, newsletter.id, 20)
	const digestId = await planned()
	const { port } = sink
	await sink.close()
	expect(await send(digestId)).toMatchObject({ kind: 'relay_unavailable' })
	expect(await progress(digestId)).toMatchObject({ due: 20, sending: 0, refused: 0, inDoubt: 0 })
	const [delivery] = await listDeliveries(app, digestId)
	expect(delivery).toMatchObject({ state: 'planned', attempts: 0 })

	sink = await startSmtpSink({ port })
	expect(await send(digestId, { relays: new RelayPool(app) })).toEqual({ kind: 'nothing_due' })
	expect(await progress(digestId)).toMatchObject({ accepted: 20 })
	expect(sink.messages).toHaveLength(20)
})

test('A relay that refuses STARTTLS is told nothing, and nobody is refused for it', async () => {
	await makeReaders(app, newsletter.id, 3)
	const digestId = await planned()
	const strict = startTestMailer(`smtp://127.0.0.1:${sink.port}`)
	sink.script = (stage) => (stage === 'starttls' ? '454 4.7.0 TLS not available' : undefined)
	expect(await send(digestId, { relays: strict })).toEqual({
		kind: 'relay_unavailable',
		reason: '454 4.7.0 TLS not available (in reply to STARTTLS, without which nothing is sent)',
	})
	expect(sink.messages).toHaveLength(0)
	expect(await progress(digestId)).toMatchObject({ due: 3, refused: 0 })
	const deliveries = await listDeliveries(app, digestId)
	expect(deliveries.map(({ attempts, reply }) => ({ attempts, reply }))).toEqual(
		Array.from({ length: 3 }, () => ({ attempts: 0, reply: null })),
	)
})

/** A relay whose connections nobody has used before. */
function startTestMailer(url: string, pauseMs = 200): RelayPool {
	const mailer = createSmtpMailer({ url, connections: 2 })
	return new RelayPool({ mailer, log: app.log, db: app.db }, { pauseMs, patienceMs: 10 })
}

test('421 in the middle gives the rest back and goes on after a pause', async () => {
	await makeReaders(app, newsletter.id, 30)
	let closings = 0
	sink.script = (stage, { tries }) => {
		if (stage !== 'message' || tries > 1 || sink.messages.length !== 10) return undefined
		closings += 1
		return '421 4.3.2 System shutting down'
	}
	const digestId = await planned()
	expect(await send(digestId)).toEqual({ kind: 'nothing_due' })
	expect(closings).toBeGreaterThan(0)
	expect(await progress(digestId)).toMatchObject({ accepted: 30, inDoubt: 0 })
	expect(sink.messages).toHaveLength(30)
})

test('A connection lost after the final dot leaves that delivery in doubt, and it is not repeated', async () => {
	await makeReaders(app, newsletter.id, 10)
	sink.script = (stage, { to }) =>
		stage === 'message' && to === 'reader5@example.net' ? 'keep and drop' : undefined
	const digestId = await planned()
	await send(digestId)
	await reconcileDeliveries(app)
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 9, inDoubt: 1, balanced: true })
	expect(sink.to('reader5@example.net')).toHaveLength(1)
})

test('A relay that closes in the middle of each last reply is left alone before everybody is in doubt', async () => {
	await makeReaders(app, newsletter.id, 40)
	const digestId = await planned()
	sink.script = (stage) => (stage === 'message' ? { cut: '250 2.0' } : undefined)
	expect(await send(digestId, { relays: new RelayPool(app, { pauseMs: 60_000, patienceMs: 10 }) })).toEqual({
		kind: 'relay_unavailable',
		reason: ownReason('lost_at_end', 'Connection closed unexpectedly'),
	})
	const { inDoubt, due } = await progress(digestId)
	expect(inDoubt).toBeGreaterThanOrEqual(3)
	expect(inDoubt).toBeLessThanOrEqual(8)
	expect(due).toBe(40 - inDoubt)
})

test('A relay that answers nonsense, or closes in mid-reply, is left alone with the reason, and nobody is refused', async () => {
	await makeReaders(app, newsletter.id, 5)
	const digestId = await planned()
	const outcomes = []
	for (const [at, answer] of [
		['connect', 'HTTP/1.1 400 Bad Request'],
		['rcpt', 'hello there'],
		['data', { cut: '35' }],
	] as const) {
		sink.script = (stage) => (stage === at ? answer : undefined)
		outcomes.push(await send(digestId, { relays: startTestMailer(sink.url, 2_000) }))
	}
	expect(outcomes).toMatchObject([
		{ kind: 'relay_unavailable', reason: ownReason('unexpected_reply', 'HTTP/1.1 400 Bad Request') },
		{ kind: 'relay_unavailable', reason: ownReason('unexpected_reply', 'hello there') },
		{ kind: 'relay_unavailable', reason: ownReason('connection_lost', 'Connection closed unexpectedly') },
	])
	expect(await progress(digestId)).toMatchObject({ due: 5, refused: 0, inDoubt: 0, sending: 0 })
	await expect
		.poll(() => listPauses(app))
		.toMatchObject([
			{ scope: 'relay', reason: ownReason('connection_lost', 'Connection closed unexpectedly') },
		])

	// what was lost with it twice was put off, as its message might be why
	await makeDue(digestId)
	sink.reset()
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 5, digest: { state: 'completed' } })
})

test('A message above the size that the relay takes uses nobody up, and staff sees why it waits (S15)', async () => {
	await makeReaders(app, newsletter.id, 5)
	const digestId = await planned()
	sink.script = (stage) => (stage === 'ehlo' ? '250-sink.test\r\n250 SIZE 1000' : undefined)
	const relayOfSmallMail = startTestMailer(sink.url, 2_000)
	expect(await send(digestId, { relays: relayOfSmallMail })).toMatchObject({ kind: 'relay_unavailable' })
	expect(await progress(digestId)).toMatchObject({ due: 5, refused: 0 })
	await expect
		.poll(() => listPauses(app))
		.toMatchObject([{ scope: 'relay', reason: ownReason('too_large', 1000) }])
	expect(sink.heard.some((line) => line.startsWith('MAIL'))).toBe(false)
})

test('A message that breaks the connection each time holds up nobody else, is put off, and refused in the end', async () => {
	await makeReaders(app, newsletter.id, 20)
	const digestId = await planned()
	let isAway = true
	sink.script = (stage, { to }) => {
		if (isAway && stage === 'mail') return 'drop'
		return stage === 'data' && to === 'reader1@example.net' ? 'drop' : undefined
	}
	expect(await send(digestId)).toMatchObject({ kind: 'relay_unavailable' })
	isAway = false
	await makeDue(digestId)
	// the relay may be left alone for longer than a lane has patience
	const inState = async (state: 'planned' | 'refused') => {
		await send(digestId)
		return listDeliveries(app, digestId, { state })
	}
	const dueLater = async () =>
		(await inState('planned')).map(({ dueAt }) => dueAt.getTime() > Date.now() + 240_000)
	const broken = {
		address: 'reader1@example.net',
		reply: ownReason('connection_lost', 'Connection closed unexpectedly'),
	}
	await expect.poll(dueLater).toEqual([true])
	expect(await progress(digestId)).toMatchObject({ accepted: 19, due: 1, inDoubt: 0 })
	expect(await listDeliveries(app, digestId, { state: 'planned' })).toMatchObject([broken])

	const fiveDays = sql`interval '5 days'`
	await sql`update deliveries set first_deferred_at = first_deferred_at - ${fiveDays} where digest_id = ${digestId}`.execute(
		app.db,
	)
	await makeDue(digestId)
	await expect.poll(() => inState('refused')).toMatchObject([broken])
	expect(await progress(digestId)).toMatchObject({ refused: 1, due: 0, digest: { state: 'completed' } })
	await recordRefusals(app, digestId)
	expect(
		await app.db.selectFrom('bounce_events').selectAll().where('digest_id', '=', digestId).execute(),
	).toEqual([])
})

test('A slow relay slows nothing but itself', async () => {
	await makeReaders(app, newsletter.id, 8)
	sink.script = (stage) => (stage === 'message' ? { afterMs: 30, answer: '250 2.0.0 slowly' } : undefined)
	const digestId = await planned()
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 8 })
})

test('An address with letters beyond ASCII is refused here where the relay lacks SMTPUTF8 (S14)', async () => {
	await makeReader(app, newsletter.id, { address: 'zoë@example.net' })
	await makeReader(app, newsletter.id, { address: 'zoe@example.net' })
	const digestId = await planned()
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 1, refused: 1 })
	expect(await listDeliveries(app, digestId, { state: 'refused' })).toMatchObject([
		{ reply: ownReason('no_smtputf8') },
	])
})

test('A rendition that vanished refuses its readers with a clear reason, and nobody else', async () => {
	await makeReaders(app, newsletter.id, 4, (index) => (index <= 2 ? 'en' : 'fr'))
	const digestId = await planned()
	await sql`delete from renditions r using variants v
		where v.id = r.variant_id and v.digest_id = ${digestId} and v.locale = 'fr'`.execute(app.db)
	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 2, refused: 2 })
	expect(await listDeliveries(app, digestId, { state: 'refused', limit: 1 })).toMatchObject([
		{ reply: ownReason('not_composed', 'the rendition is gone') },
	])
})

test('When the process stops, what is under way is finished and the rest is handed back', async () => {
	await makeReaders(app, newsletter.id, 50)
	const digestId = await planned()
	const stopping = new AbortController()
	sink.script = (stage) => {
		if (stage === 'message' && sink.messages.length === 10) stopping.abort()
		return undefined
	}
	expect(await send(digestId, { stopping: stopping.signal })).toEqual({ kind: 'stopped' })
	const stopped = await progress(digestId)
	expect(stopped).toMatchObject({ sending: 0, inDoubt: 0, accepted: sink.messages.length })
	expect(stopped.due).toBe(50 - stopped.accepted)
	expect(stopped.accepted).toBeLessThan(20)
	const untouched = await listDeliveries(app, digestId, { state: 'planned' })
	expect(untouched.every(({ attempts }) => attempts === 0)).toBe(true)

	await send(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 50 })
	expect(sink.messages).toHaveLength(50)
})

test('Nothing is logged that names an address', () => {
	expect(app.logged.filter((line) => line.includes('@example.net'))).toEqual([])
})
