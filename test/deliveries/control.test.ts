import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeDigest } from '../../src/commands/describe-digest.ts'
import {
	cancelSending,
	type LaneEnd,
	listDeliveries,
	planDigest,
	RelayPool,
	reconcileDeliveries,
	resumeSending,
	sendDigest,
} from '../../src/deliveries/index.ts'
import { digestProgress, pauseDigest, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let sink: SmtpSink
let app: TestApp
let staff: StaffCalls
let newsletter: Newsletter
beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({ workers: false, config: { smtpUrl: sink.url, smtpConnections: 3 } })
	staff = await staffOf(app)
})
afterAll(async () => {
	await app.close()
	await sink.close()
})
beforeEach(async () => {
	newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, 60)
	await makeStory(app, newsletter.id)
})
afterEach(() => sink.reset())

async function triggered(): Promise<number> {
	const made = await triggerDigest(app, newsletter.id, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	return made.digest.id
}

async function planned(): Promise<number> {
	const digestId = await triggered()
	await planDigest(app, digestId)
	return digestId
}

/** A process of its own, as far as sending goes: it shares nothing with others but the database. */
const sendInProcess = (digestId: number): Promise<LaneEnd> =>
	sendDigest({ ...app, relays: new RelayPool(app, { pauseMs: 1 }) }, { digestId, lane: 0 })

/** Every message takes a while, so that there is a middle to stop in. */
const slowly = (afterMs: number) => {
	sink.script = (stage) => (stage === 'message' ? { afterMs, answer: '250 2.0.0 slowly' } : undefined)
}

const progress = (digestId: number) => digestProgress(app, digestId)

test('A paused digest stops in all processes within 2 seconds, and resumed it goes on with the rest, once', async () => {
	const digestId = await planned()
	slowly(400)
	const lanes = [sendInProcess(digestId), sendInProcess(digestId)]
	await sink.untilAccepted(sink.accepted + 6)
	const pausedAt = performance.now()
	expect(await pauseDigest(app, digestId, operator)).toBe(true)
	expect(await pauseDigest(app, digestId, operator)).toBe(false)
	expect(await Promise.all(lanes)).toEqual([{ kind: 'digest_halted' }, { kind: 'digest_halted' }])
	// 2 seconds, and what was under way is finished
	expect(performance.now() - pausedAt).toBeLessThan(2_000 + 400)
	const stopped = await progress(digestId)
	expect(stopped).toMatchObject({ sending: 0, inDoubt: 0, balanced: true, digest: { state: 'paused' } })
	expect(stopped.accepted).toBe(sink.messages.length)
	expect(stopped.due).toBe(60 - stopped.accepted)

	expect(await sendInProcess(digestId)).toEqual({ kind: 'nothing_due' })
	await reconcileDeliveries(app)
	expect(await progress(digestId)).toMatchObject({ accepted: stopped.accepted, digest: { state: 'paused' } })

	sink.script = () => undefined
	expect(await resumeSending(app, digestId, operator)).toBe(true)
	expect(await sendInProcess(digestId)).toEqual({ kind: 'nothing_due' })
	expect(await progress(digestId)).toMatchObject({ accepted: 60, digest: { state: 'completed' } })
	expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(60)
	expect(sink.messages).toHaveLength(60)
})

test('A cancelled digest tells who got it; the rest is excluded, and the sums come out even', async () => {
	const digestId = await planned()
	slowly(100)
	const lane = sendInProcess(digestId)
	await sink.untilAccepted(sink.accepted + 4)
	await cancelSending(app, digestId, operator)
	await lane
	const end = await progress(digestId)
	expect(end).toMatchObject({ due: 0, inDoubt: 0, balanced: true, digest: { state: 'cancelled' } })
	expect(end.digest.completedAt).not.toBeNull()
	expect(end.accepted).toBe(sink.messages.length)
	expect(end.excluded).toEqual({ cancelled: 60 - end.accepted })
	const got = await listDeliveries(app, digestId, { state: 'accepted' })
	expect(got.map(({ address }) => address).sort()).toEqual(sink.messages.map(({ to }) => to).sort())

	expect(await cancelSending(app, digestId, operator)).toBe(false)
	await expect(resumeSending(app, digestId, operator)).rejects.toMatchObject({ code: 'conflict' })
	await reconcileDeliveries(app)
	expect(await sendInProcess(digestId)).toEqual({ kind: 'nothing_due' })
	expect(await progress(digestId)).toMatchObject({ accepted: end.accepted })
})

test('Sums that do not come out right are told when the digest is over, in the log and to staff', async () => {
	const digestId = await planned()
	await sendInProcess(digestId)
	const told = () => app.logged.filter((line) => line.includes('do not come out right'))
	expect(told()).toEqual([])

	await app.db
		.updateTable('digests')
		.set({ state: 'sending', completed_at: null })
		.where('id', '=', digestId)
		.execute()
	await sql`delete from deliveries where digest_id = ${digestId} and subscription_id in
		(select subscription_id from deliveries where digest_id = ${digestId} limit 2)`.execute(app.db)
	await reconcileDeliveries(app)
	expect(told()).toHaveLength(1)
	expect(JSON.parse(told()[0] ?? '')).toMatchObject({
		level: 'error',
		digestId,
		planned: 60,
		accepted: 58,
		due: 0,
	})
	const { body } = await staff.call('get', `/digests/${digestId}`)
	expect(body).toMatchObject({ state: 'completed', balanced: false })
	const lines = describeDigest(body, {
		locale: 'fr',
		t: (key, params) => app.messages.text('fr', `cli.${key}`, params),
	})
	expect(lines.split('\n')).toContain(app.messages.text('fr', 'cli.digest.unbalanced'))
})

test('What is refused for now after the digest was cancelled is not tried again', async () => {
	const digestId = await planned()
	sink.script = (stage) =>
		stage === 'message' ? { afterMs: 300, answer: '451 4.7.1 Greylisted' } : undefined
	const lane = sendInProcess(digestId)
	await expect.poll(async () => (await progress(digestId)).sending).toBeGreaterThan(0)
	await cancelSending(app, digestId, operator)
	await lane
	expect(await progress(digestId)).toMatchObject({ due: 0, excluded: { cancelled: 60 }, balanced: true })
})

test('A digest that is paused before its audience is frozen is planned when it is resumed', async () => {
	const digestId = await triggered()
	await pauseDigest(app, digestId, operator)
	await planDigest(app, digestId)
	expect(await progress(digestId)).toMatchObject({ planned: 0, digest: { state: 'paused' } })
	await resumeSending(app, digestId, operator)
	expect(await progress(digestId)).toMatchObject({ digest: { state: 'planning' } })
	await planDigest(app, digestId)
	expect(await progress(digestId)).toMatchObject({ due: 60, digest: { state: 'sending' } })
})

test('Staff pauses, resumes and cancels over the API, and that is written down', async () => {
	const digestId = await planned()
	const call = (action: string) => staff.call('post', `/digests/${digestId}/${action}`)
	expect((await call('pause')).body).toMatchObject({ state: 'paused', counts: { due: 60 } })
	expect((await call('resume')).body).toMatchObject({ state: 'sending' })
	expect((await call('cancel')).body).toMatchObject({
		state: 'cancelled',
		counts: { accepted: 0, excluded: { cancelled: 60 } },
		balanced: true,
	})
	const refused = await call('pause')
	expect([refused.status, refused.body.code]).toEqual([409, 'conflict'])
	expect((await staff.call('post', '/digests/999999/pause')).status).toBe(404)
	const audit = await app.db
		.selectFrom('audit_entries')
		.select('action')
		.where('subject', '=', `digest:${digestId}`)
		.orderBy('id')
		.execute()
	expect(audit.map(({ action }) => action)).toEqual(['send', 'pause', 'resume', 'cancel'])
})

test('Only what was refused, or only what is in doubt, is sent again, with the same Message-ID (F1)', async () => {
	const digestId = await planned()
	const messageIds = new Map<string, string[]>()
	sink.script = (stage, { to, raw }) => {
		if (stage !== 'message') return undefined
		messageIds.set(to, [...(messageIds.get(to) ?? []), /^Message-ID: (.*)$/m.exec(raw)?.[1] ?? ''])
		if (/^reader[1-4]@/.test(to)) return '550 5.7.1 not today'
		return /^reader[56]@/.test(to) ? 'keep and drop' : undefined
	}
	await sendInProcess(digestId)
	expect(await progress(digestId)).toMatchObject({ accepted: 54, refused: 4, inDoubt: 2 })
	await app.db
		.updateTable('subscriptions')
		.set({ state: 'unsubscribed' })
		.where('newsletter_id', '=', newsletter.id)
		.where('subscriber_id', 'in', (subscribers) =>
			subscribers
				.selectFrom('subscribers')
				.select('id')
				.where('comparable_address', '=', 'reader2@example.net'),
		)
		.execute()
	const before = new Map(messageIds)

	messageIds.clear()
	sink.script = (stage, { to, raw }) => {
		if (stage === 'message') messageIds.set(to, [/^Message-ID: (.*)$/m.exec(raw)?.[1] ?? ''])
		return undefined
	}
	const resend = (state: string) => staff.call('post', `/digests/${digestId}/resend`, { state })
	expect((await resend('accepted')).status).toBe(422)
	expect((await resend('refused')).body).toMatchObject({
		state: 'sending',
		resent: { planned: 3, leftOut: 1 },
		counts: { due: 3, refused: 1, inDoubt: 2 },
		balanced: true,
	})
	await sendInProcess(digestId)
	expect([...messageIds.keys()].sort()).toEqual([1, 3, 4].map((n) => `reader${n}@example.net`))
	for (const [to, ids] of messageIds) expect(ids).toEqual(before.get(to))
	expect(await progress(digestId)).toMatchObject({ refused: 1, inDoubt: 2, digest: { state: 'completed' } })

	expect((await resend('in_doubt')).body).toMatchObject({ resent: { planned: 2, leftOut: 0 } })
	await sendInProcess(digestId)
	expect(messageIds.get('reader5@example.net')).toEqual(before.get('reader5@example.net'))
	expect(await progress(digestId)).toMatchObject({ accepted: 59, refused: 1, inDoubt: 0, balanced: true })
	expect((await resend('in_doubt')).body).toMatchObject({ state: 'completed', resent: { planned: 0 } })

	const { text: exported } = await staff.call('get', `/digests/${digestId}/deliveries.csv?state=refused`)
	expect(exported).toMatch(
		/^"subscription","address","state","attempts","due","changed","reply"\r\n\d+,"reader2@/,
	)
	expect(exported.trim().split('\r\n')).toHaveLength(2)
})
