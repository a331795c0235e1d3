import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeAlert } from '../../src/alerts/index.ts'
import { digestStatus, reconcileBounces, recordRefusals } from '../../src/bounces/index.ts'
import { listDeliveries, listPauses } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { ownReason } from '../../src/kernel/own-reason.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { findSuppression } from '../../src/suppressions/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let sink: SmtpSink
let app: TestApp
let newsletter: Newsletter
beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({ config: { smtpUrl: sink.url } })
})
afterAll(async () => {
	await app.close()
	await sink.close()
})
beforeEach(async () => {
	sink.reset()
	newsletter = await makeNewsletter(app)
})

async function sendDigest(): Promise<number> {
	await makeStory(app, newsletter.id)
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await app.drain()
	return triggered.digest.id
}

const events = (digestId: number) =>
	app.db.selectFrom('bounce_events').selectAll().where('digest_id', '=', digestId).orderBy('reply').execute()
const suppressionOf = (address: string) => findSuppression(app.db, hashAddress(app.keys, address))

test('A 550 5.1.1 at SMTP time suppresses, a 550 5.7.1 never does, and the next digest knows (S6, S8, S12)', async () => {
	const replies: Record<string, string> = {
		'dead@readers.example': '550 5.1.1 <dead@readers.example>: Recipient address rejected: User unknown',
		'blocked@readers.example': '550 5.7.1 Message rejected due to local policy',
		'listed@readers.example': '554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org',
		'full@readers.example': '552 5.2.2 Mailbox full',
	}
	for (const address of [...Object.keys(replies), 'well@readers.example']) {
		await makeReader(app, newsletter.id, { address })
	}
	sink.script = (stage, { to }) => (stage === 'rcpt' ? replies[to] : undefined)
	const digestId = await sendDigest()

	expect(
		(await events(digestId)).map(({ reply, class: meant, hard, effect }) => [reply, meant, hard, effect]),
	).toEqual([
		['550', 'address', true, 'suppressed'],
		['550', 'policy', false, 'none'],
		['552', 'mailbox-full', false, 'none'],
		['554', 'sender', false, 'none'],
	])
	expect(await suppressionOf('dead@readers.example')).toMatchObject({ reason: 'dead_address' })
	for (const address of ['blocked@readers.example', 'listed@readers.example', 'full@readers.example']) {
		expect(await suppressionOf(address), address).toBeUndefined()
	}

	sink.reset()
	await sendDigest()
	expect(sink.messages.map(({ to }) => to).sort()).toEqual([
		'blocked@readers.example',
		'full@readers.example',
		'listed@readers.example',
		'well@readers.example',
	])
})

test('“User unknown” costs nobody their subscription when it is said to the message and not to the recipient (S6, S8)', async () => {
	for (const name of ['named', 'silent', 'sender']) {
		await makeReader(app, newsletter.id, { address: `${name}@readers.example` })
	}
	sink.script = (stage, { to }) => {
		if (stage === 'rcpt' && to.startsWith('named@')) return '550 User unknown'
		if (stage === 'message' && to.startsWith('silent@')) return '550 User unknown'
		if (stage === 'data' && to.startsWith('sender@')) return '554 Domain does not exist'
		return undefined
	}
	const digestId = await sendDigest()
	const judged = await events(digestId)
	expect(
		judged.map(({ diagnostic, class: meant, hard, effect }) => [diagnostic, meant, hard, effect]).sort(),
	).toEqual([
		['550 User unknown (in reply to DATA)', 'address', false, 'none'],
		['550 User unknown', 'address', true, 'suppressed'],
		['554 Domain does not exist (in reply to DATA)', 'sender', false, 'none'],
	])
	expect(await suppressionOf('silent@readers.example')).toBeUndefined()
})

test('A relay that knows hardly anybody is not believed: it costs nobody anything, and staff is told (S6, S8)', async () => {
	const addresses = Array.from({ length: 70 }, (_, index) => `reader${index}@site${index % 7}.example`)
	for (const address of addresses) await makeReader(app, newsletter.id, { address })
	sink.script = (stage, { to }) =>
		stage === 'rcpt' && !to.startsWith('reader1') ? '550 5.1.1 User unknown' : undefined
	const digestId = await sendDigest()
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 11, refused: 59 })
	for (const address of addresses) expect(await suppressionOf(address), address).toBeUndefined()
	expect((await digestStatus(app, digestId)).alert).toMatchObject({ events: 59, classes: { sender: 59 } })

	// the relay is mended: all who were refused are still readers
	sink.reset()
	await sendDigest()
	expect(sink.messages).toHaveLength(70)
})

test('A relay that refuses our sender costs nobody anything: nobody is refused, and the relay is left alone (S8)', async () => {
	await makeReader(app, newsletter.id, { address: 'innocent@readers.example' })
	sink.script = (stage) => (stage === 'mail' ? '550 5.1.1 User unknown' : undefined)
	await makeStory(app, newsletter.id)
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await expect
		.poll(() => listPauses(app))
		.toMatchObject([{ scope: 'relay', name: `127.0.0.1:${sink.port}`, reason: '550 5.1.1 User unknown' }])
	expect(await digestProgress(app, triggered.digest.id)).toMatchObject({ due: 1, refused: 0 })
	sink.reset()
	await app.drain()
	expect(await digestProgress(app, triggered.digest.id)).toMatchObject({ accepted: 1, refused: 0 })
	expect(await suppressionOf('innocent@readers.example')).toBeUndefined()
	await sql`delete from sending_pauses`.execute(app.db)
})

test('A refusal is recorded once, however often it is looked for, and a resend that is refused once more', async () => {
	await makeReader(app, newsletter.id, { address: 'again@readers.example' })
	sink.script = (stage) => (stage === 'rcpt' ? '550 5.7.1 not today' : undefined)
	const digestId = await sendDigest()
	expect(await recordRefusals(app, digestId)).toBe(0)
	await reconcileBounces(app)
	await app.drain()
	expect(await events(digestId)).toHaveLength(1)

	await app.db.updateTable('deliveries').set({ attempts: 2 }).where('digest_id', '=', digestId).execute()
	await reconcileBounces(app)
	await app.drain()
	expect((await events(digestId)).map(({ external_id }) => external_id)).toEqual([
		expect.stringMatching(/^smtp:\d+:\d+:1$/),
		expect.stringMatching(/^smtp:\d+:\d+:2$/),
	])
})

test('What the queue has lost is found again by the reconciler', async () => {
	await makeReader(app, newsletter.id, { address: 'lost@readers.example' })
	sink.script = (stage) => (stage === 'rcpt' ? '550 5.1.1 no such user' : undefined)
	const digestId = await sendDigest()
	await app.db.deleteFrom('bounce_events').where('digest_id', '=', digestId).execute()
	await app.db.deleteFrom('suppressions').execute()
	await app.db
		.updateTable('deliveries')
		.set({ refusal_recorded: null })
		.where('digest_id', '=', digestId)
		.execute()
	await reconcileBounces(app)
	await app.drain()
	expect(await events(digestId)).toHaveLength(1)
	expect(await suppressionOf('lost@readers.example')).toBeDefined()
})

test('What was refused for want of something of ours becomes no event (S14)', async () => {
	await makeReader(app, newsletter.id, { address: 'ours@readers.example' })
	sink.script = (stage) => (stage === 'rcpt' ? '550 5.1.1 no such user' : undefined)
	const digestId = await sendDigest()
	await app.db.deleteFrom('bounce_events').where('digest_id', '=', digestId).execute()
	await app.db
		.updateTable('deliveries')
		.set({ refusal_recorded: null, reply: ownReason('not_composed', 'the rendition is gone') })
		.where('digest_id', '=', digestId)
		.execute()
	expect(await recordRefusals(app, digestId)).toBe(1)
	expect(await events(digestId)).toEqual([])

	await makeReader(app, newsletter.id, { address: 'zoë@readers.example' })
	const withoutUtf8 = await sendDigest()
	expect(await listDeliveries(app, withoutUtf8, { state: 'refused' })).toMatchObject([
		{ address: 'zoë@readers.example', reply: ownReason('no_smtputf8') },
	])
	expect(await events(withoutUtf8)).toEqual([])
})

test('Staff is alerted when more than one percent of a digest is refused for a reason of ours, and once (S8)', async () => {
	for (let n = 1; n <= 100; n++) {
		await makeReader(app, newsletter.id, { address: `reader${n}@${n < 3 ? 'strict' : 'easy'}.example` })
	}
	let refused = 1
	sink.script = (stage, { to }) =>
		stage === 'rcpt' && /^reader[12]@/.test(to) && Number(to[6]) <= refused
			? '550 5.7.26 Unauthenticated mail is not accepted'
			: undefined
	const alertsOf = (digestId: number) =>
		app.db.selectFrom('bounce_alerts').selectAll().where('digest_id', '=', digestId).execute()
	const few = await sendDigest()
	expect(await events(few)).toHaveLength(1)
	expect(await alertsOf(few)).toEqual([])

	refused = 2
	const many = await sendDigest()
	expect(await alertsOf(many)).toMatchObject([
		{ events: 2, planned: 100, classes: { sender: 2 }, domains: { 'strict.example': 2 }, closed_at: null },
	])
	const told = () =>
		app.logged.filter((line) => line.includes('a reason of our own') && line.includes(`"digestId":${many}`))
	expect(told()).toHaveLength(1)
	await app.db.updateTable('deliveries').set({ attempts: 2 }).where('digest_id', '=', many).execute()
	await recordRefusals(app, many)
	expect(await alertsOf(many)).toHaveLength(1)
	expect(told()).toHaveLength(1)

	// once staff has closed it, what it was about is no news; as many again are
	const [{ id } = { id: 0 }] = await alertsOf(many)
	app.clock.advance({ seconds: 1 })
	await closeAlert(app, id, operator)
	app.clock.advance({ seconds: 1 })
	const both = await listDeliveries(app, many, { state: 'refused' })
	for (const [index, { subscriptionId }] of both.entries()) {
		expect(await alertsOf(many)).toHaveLength(1)
		await app.db
			.updateTable('deliveries')
			.set({ attempts: 3 })
			.where('digest_id', '=', many)
			.where('subscription_id', '=', subscriptionId)
			.execute()
		expect(await recordRefusals(app, many), String(index)).toBe(1)
	}
	expect(await alertsOf(many)).toMatchObject([
		{ id, events: 2 },
		{ events: 2, planned: 100, closed_at: null },
	])
	expect(told()).toHaveLength(2)
})

test('Staff is alerted when twenty in an hour are refused for a reason of ours, and the domain that refuses is left alone (S8)', async () => {
	await app.db.deleteFrom('bounce_events').execute()
	await app.db.deleteFrom('bounce_alerts').execute()
	for (let n = 1; n <= 20; n++) {
		await makeReader(app, newsletter.id, { address: `hourly${n}@readers.example` })
	}
	sink.script = (stage, { to }) =>
		stage === 'rcpt' && to !== 'hourly20@readers.example' ? '554 5.7.1 rejected as spam' : undefined
	await sendDigest()
	const hourly = () => app.db.selectFrom('bounce_alerts').selectAll().where('digest_id', 'is', null).execute()
	expect(await hourly()).toEqual([])
	expect(await listPauses(app)).toMatchObject([{ scope: 'domain', name: 'readers.example' }])
	await sql`delete from sending_pauses`.execute(app.db)
	sink.script = (stage) => (stage === 'rcpt' ? '554 5.7.1 rejected as spam' : undefined)
	await sendDigest()
	expect(await hourly()).toMatchObject([{ events: 39, planned: null }])
})
