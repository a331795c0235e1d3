import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { raiseRelayAlert } from '../../src/alerts/index.ts'
import { endHolds, listPauses, planDigest, RelayPool, sendDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type SinkScript, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const readers = 60
const connections = 4

let sink: SmtpSink
let other: SmtpSink
let app: TestApp
let both: TestApp
beforeAll(async () => {
	sink = await startSmtpSink()
	other = await startSmtpSink()
	const smtpConnections = connections
	app = await startTestApp({
		config: { smtpUrl: sink.url, smtpConnections, ehloName: 'news.example.org' },
		workers: false,
	})
	both = await startTestApp({
		config: { smtpUrl: `${sink.url} ${other.url}`, smtpConnections },
		workers: false,
	})
})
afterAll(async () => {
	await app?.close()
	await both?.close()
	await sink?.close()
	await other?.close()
})
beforeEach(async () => {
	sink.reset()
	other.reset()
	await endHolds(app, { actor: operator })
	await endHolds(both, { actor: operator })
})

async function planned(on: TestApp = app): Promise<number> {
	const newsletter = await makeNewsletter(on)
	await makeReaders(on, newsletter.id, readers)
	await makeStory(on, newsletter.id)
	const triggered = await triggerDigest(on, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await planDigest(on, triggered.digest.id)
	return triggered.digest.id
}

/** Counts how often a recipient was named, and how many were accepted before a script began to refuse. */
const refuseAfter =
	(accepted: number, stage: 'mail' | 'rcpt' | 'data' | 'message', reply: string): SinkScript =>
	(at) =>
		at === stage && sink.accepted - begun >= accepted ? reply : undefined
let begun = 0

async function send(digestId: number, on: TestApp = app) {
	const relays = new RelayPool(on, { pauseMs: 5, onHold: (hold) => raiseRelayAlert(on, hold) })
	const end = await sendDigest({ ...on, relays }, { digestId, lane: 0 })
	return { end, relays }
}

const tried = () => sink.heard.filter((line) => line.startsWith('MAIL')).length

describe('a relay that refuses our account', () => {
	it.each([
		['message', '454 Throttling failure: Daily message quota exceeded'],
		['rcpt', '550 5.4.5 Daily SMTP relay sending limit exceeded for customer.'],
		['mail', '550 5.7.1 <news@example.org>: Sender address rejected: not owned by user'],
		['data', '554 Message rejected: Sending paused for this account.'],
		['message', '554 5.2.0 SubmissionQuotaExceededException'],
	] as const)('is left alone from the first few on, and nobody is given up: %s %s', async (stage, reply) => {
		const digestId = await planned()
		begun = sink.accepted
		sink.script = refuseAfter(20, stage, reply)
		const { end } = await send(digestId)

		expect(end.kind).toBe('relay_unavailable')
		// three refusals tell; each of them makes room for one more, and two are under way on each connection
		expect(tried() - (sink.accepted - begun)).toBeLessThanOrEqual(3 + 3 + 2 * connections)
		const progress = await digestProgress(app, digestId)
		// those whose data was under way already
		expect(progress.accepted - 20).toBeLessThan(4)
		expect(progress).toMatchObject({ refused: 0, bounced: 0, inDoubt: 0, due: readers - progress.accepted })
		expect(progress.digest.state).toBe('sending')
		await expect.poll(() => listPauses(app)).toMatchObject([{ scope: 'relay', held: true }])
		const [pause] = await listPauses(app)
		const hours = ((pause?.until.getTime() ?? 0) - Date.now()) / 3_600_000
		expect(hours).toBeGreaterThan(23)
		expect(hours).toBeLessThan(25)

		// the reconciler may come as often as it likes
		const again = tried()
		await send(digestId)
		expect(tried() - again).toBeLessThan(10)

		const staff = await staffOf(app)
		sink.script = () => undefined
		await staff.call('post', '/relays/resume')
		expect(await listPauses(app)).toEqual([])
	})

	it('goes on at once where staff says so, in the same process, and everybody is sent one message', async () => {
		const digestId = await planned()
		begun = sink.accepted
		sink.script = refuseAfter(5, 'message', '454 Throttling failure: Daily message quota exceeded')
		const { relays } = await send(digestId)
		const staff = await staffOf(app)
		const pauses = async () => JSON.stringify((await staff.call('get', `/digests/${digestId}`)).body.pauses)
		await expect.poll(pauses).toContain('our account there has used up its quota: 454 Throttling')
		const alerts = await app.request
			.get('/api/v1/bounces/alerts')
			.set('Authorization', `Bearer ${staff.key}`)
			.set('Accept-Language', 'fr')
		expect(alerts.body.items).toContainEqual(
			expect.objectContaining({
				relay: `127.0.0.1:${sink.port}`,
				digestId: null,
				reason: expect.stringContaining('le quota de notre compte y est épuisé'),
			}),
		)
		sink.script = () => undefined
		expect((await staff.call('post', '/relays/resume')).body).toEqual({ resumed: [`127.0.0.1:${sink.port}`] })
		await relays.findHold()
		expect(relays.pausedFor()).toBeUndefined()
		await app.db
			.updateTable('deliveries')
			.set({ due_at: new Date(0) })
			.where('state', '=', 'planned')
			.execute()
		await sendDigest({ ...app, relays }, { digestId, lane: 0 })
		expect(await digestProgress(app, digestId)).toMatchObject({ accepted: readers, refused: 0, due: 0 })
		expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(readers)
		expect(sink.messages).toHaveLength(readers)
	})

	it('tells whole names, and lets the other relay go on', async () => {
		const digestId = await planned(both)
		sink.script = (at) => (at === 'rcpt' ? '550 5.7.1 Your account has been suspended' : undefined)
		const { end } = await send(digestId, both)
		expect(end.kind).toBe('nothing_due')
		const progress = await digestProgress(both, digestId)
		expect(progress.refused).toBe(0)
		// two in a row, then the third and all that were under way with it: two on each of 4 connections
		expect(progress.accepted).toBeGreaterThanOrEqual(readers - 10)
		expect(other.accepted).toBe(progress.accepted)
		expect(await listPauses(both)).toMatchObject([{ name: `127.0.0.1:${sink.port}`, held: true }])
	})

	it('is not one that refuses single readers in like words, nor one odd reader', async () => {
		const digestId = await planned()
		sink.script = (at, { to }) => {
			if (at !== 'rcpt') return undefined
			if (/reader[123]@/.test(to)) return '550 recipient has exceeded message rate limit'
			if (/reader4@/.test(to)) return '552 5.2.2 mailbox over quota'
			return /reader5@/.test(to) ? '554 5.7.1 Relay access denied' : undefined
		}
		const { end } = await send(digestId)
		expect(end.kind).toBe('nothing_due')
		expect(await digestProgress(app, digestId)).toMatchObject({ accepted: readers - 5, due: 1 })
		expect(await listPauses(app)).toEqual([])
	})

	it('that finds us too fast is sent to more slowly, and nobody is given up', async () => {
		const digestId = await planned()
		let refusals = 0
		sink.script = (at) => {
			if (at !== 'message' || refusals >= 3) return undefined
			refusals += 1
			return '454 Throttling failure: Maximum sending rate exceeded'
		}
		await send(digestId)
		expect(await digestProgress(app, digestId)).toMatchObject({ accepted: readers, refused: 0 })
	})

	it('is told a whole name', async () => {
		await app.mailer.verify()
		expect(sink.heard.filter((line) => line.startsWith('EHLO'))).toEqual(['EHLO news.example.org'])
	})
})
