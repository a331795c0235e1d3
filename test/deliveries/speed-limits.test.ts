import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeDigest } from '../../src/commands/describe-digest.ts'
import {
	createDailyCeiling,
	createDomainThrottle,
	planDigest,
	RelayPool,
	type RelayPoolOptions,
	sendDigest,
} from '../../src/deliveries/index.ts'
import { createRecoveryLease } from '../../src/deliveries/pacing/recovery-lease.ts'
import { keepPause } from '../../src/deliveries/pacing/store.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Mailer } from '../../src/kernel/mail.ts'
import { ownReason } from '../../src/kernel/own-reason.ts'
import { parseRate, type Rate, type TokenBuckets } from '../../src/kernel/rate.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { makeNewsletter, makeReader, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let newsletter: Newsletter
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())
beforeEach(async () => {
	newsletter = await makeNewsletter(app)
	await makeStory(app, newsletter.id)
})

async function planned(): Promise<number> {
	const made = await triggerDigest(app, newsletter.id, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	await planDigest(app, made.digest.id)
	return made.digest.id
}

function rateOf(text: string): Rate {
	const rate = parseRate(text)
	if (!rate) throw new Error(text)
	return rate
}

/** Notes when each message went out, and to whom. */
function recordingMailer(db?: TestApp['db']) {
	const begunAt = performance.now()
	const sent: Array<{ to: string; at: number }> = []
	const mailer: Mailer = {
		connections: 10,
		send: async ({ envelope }) => {
			sent.push({ to: envelope.to, at: (performance.now() - begunAt) / 1_000 })
			return { kind: 'accepted', reply: '250 ok' }
		},
		verify: async () => {},
		close: async () => {},
	}
	const poolOf = (options: RelayPoolOptions = {}) => new RelayPool({ mailer, log: app.log, db }, options)
	return { sent, poolOf }
}

test('A bucket gives what has come in, at most a burst, and says when the next is there', async () => {
	const wish = (count: number) => ({ key: 'a-bucket', rate: { perSecond: 0.1, burst: 5 }, count })
	expect((await app.buckets.take([wish(3)]))[0]).toMatchObject({ granted: 3 })
	const [other, second] = await app.buckets.take([{ ...wish(1), key: 'another' }, wish(4)])
	expect(other?.granted).toBe(1)
	expect(second?.granted).toBe(2)
	expect(second?.waitMs).toBeGreaterThan(8_000)
	expect(second?.waitMs).toBeLessThanOrEqual(10_000)
	expect(await app.buckets.take([])).toEqual([])
})

test('Many who take at once never get more than there is', async () => {
	const wish = { key: 'contended', rate: { perSecond: 0.01, burst: 20 }, count: 3 }
	const answers = await Promise.all(Array.from({ length: 15 }, () => app.buckets.take([wish])))
	expect(answers.reduce((sum, [answer]) => sum + (answer?.granted ?? 0), 0)).toBe(20)
})

test('Over 5 seconds two processes together keep to the rate of the relay, within 5 percent (S16)', async () => {
	await makeReaders(app, newsletter.id, 700)
	const digestId = await planned()
	const stopping = new AbortController()
	const { sent, poolOf } = recordingMailer()
	const limit = { buckets: app.buckets, rate: rateOf('80/s') }
	const lanes = [0, 1].map((lane) =>
		sendDigest({ ...app, relays: poolOf({ limit }), stopping: stopping.signal }, { digestId, lane }),
	)
	await expect.poll(() => sent.length).toBeGreaterThan(0)
	const first = sent[0]?.at ?? 0
	await expect.poll(() => (sent.at(-1)?.at ?? 0) - first, { timeout: 20_000 }).toBeGreaterThan(5.1)
	stopping.abort()
	await Promise.all(lanes)
	const within = sent.filter(({ at }) => at - first <= 5).length
	expect(within).toBeGreaterThanOrEqual(400 * 0.95)
	expect(within).toBeLessThanOrEqual(400 * 1.05)
	expect(await digestProgress(app, digestId)).toMatchObject({ sending: 0, inDoubt: 0, balanced: true })
})

test('A domain that may not be mailed faster stands in nobody’s way, and gets its mail at its rate', async () => {
	for (let index = 0; index < 60; index++) {
		await makeReader(app, newsletter.id, { address: `p${index}@slow.example` })
	}
	for (let index = 0; index < 60; index++) {
		await makeReader(app, newsletter.id, { address: `q${index}@quick.test` })
	}
	const digestId = await planned()
	const { sent, poolOf } = recordingMailer()
	const throttle = createDomainThrottle(app.buckets, [{ pattern: '*.example', rate: rateOf('30/s burst 3') }])
	await sendDigest({ ...app, relays: poolOf(), throttle }, { digestId, lane: 0 })
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 120, digest: { state: 'completed' } })
	const slow = sent.filter(({ to }) => to.endsWith('@slow.example'))
	const lastQuick = sent.findLast(({ to }) => to.endsWith('@quick.test'))?.at ?? 0
	const tenthSlow = slow[30]?.at ?? 0
	expect(lastQuick).toBeLessThan(tenthSlow)
	const seconds = (slow.at(-1)?.at ?? 0) - (slow[0]?.at ?? 0)
	expect(seconds).toBeGreaterThan((57 / 30) * 0.95)
	const { rows } = await sql<{ attempts: number; deferred: Date | null }>`
		select max(attempts) as attempts, max(first_deferred_at) as deferred from deliveries where digest_id = ${digestId}`.execute(
		app.db,
	)
	expect(rows).toEqual([{ attempts: 1, deferred: null }])
})

test('Messages without a token are put off one after the other, to when theirs will be there', async () => {
	const scripted: TokenBuckets = {
		take: async (wishes) => wishes.map(({ count }) => ({ granted: Math.min(1, count), waitMs: 100 })),
	}
	const throttle = createDomainThrottle(scripted, [
		{ pattern: '*', rate: { perSecond: 100, burst: 100 } },
		{ pattern: 'mail.example', rate: { perSecond: 10, burst: 1 } },
	])
	const waits = await throttle.admit(['mail.example', 'mail.example', 'other.example', 'mail.example'])
	expect(waits).toEqual([0, expect.closeTo(0.1, 2), 0, expect.closeTo(0.195, 2)])
	const [, third] = await throttle.admit(['mail.example', 'mail.example'])
	expect(third).toBeGreaterThan(0.25)
})

test('Gmail’s 4.7.28 pauses that domain for ten minutes in all processes, and nobody else; then it goes on (S2)', async () => {
	await makeReaders(app, newsletter.id, 10)
	for (let index = 0; index < 30; index++) {
		await makeReader(app, newsletter.id, { address: `g${index}@gmail.example` })
	}
	const digestId = await planned()
	let tooFast = true
	const mailed: string[] = []
	const mailer: Mailer = {
		connections: 2,
		send: async ({ envelope }) => {
			if (tooFast && envelope.to.endsWith('@gmail.example')) {
				const reply = '421 4.7.28 Our system has detected an unusual rate of unsolicited mail'
				return { kind: 'refused', permanence: 'temporary', scope: 'relay', reply }
			}
			mailed.push(envelope.to)
			return { kind: 'accepted', reply: '250 ok' }
		},
		verify: async () => {},
		close: async () => {},
	}
	const process = () =>
		sendDigest({ ...app, relays: new RelayPool({ mailer, log: app.log, db: app.db }) }, { digestId, lane: 0 })
	expect(await process()).toEqual({ kind: 'nothing_due' })
	expect(mailed).toHaveLength(10)
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 10, due: 30, refused: 0 })
	const staff = await staffOf(app)
	expect((await staff.call('get', `/digests/${digestId}`)).body.pauses).toMatchObject([
		{ scope: 'domain', name: 'gmail.example' },
	])
	const { rows } = await sql<{ seconds: number; tries: number }>`
		select extract(epoch from min(due_at) - now())::float8 as seconds, sum(attempts)::float8 as tries
		from deliveries where digest_id = ${digestId} and state = 'planned'`.execute(app.db)
	expect(rows[0]?.seconds).toBeGreaterThan(590)
	expect(rows[0]?.tries).toBeLessThanOrEqual(4)

	// another process, to which these are due: it heeds the pause that the first one met
	tooFast = false
	const makeDue = () =>
		sql`update deliveries set due_at = now() where digest_id = ${digestId} and state = 'planned'`.execute(
			app.db,
		)
	await makeDue()
	expect(await process()).toEqual({ kind: 'nothing_due' })
	expect(mailed).toHaveLength(10)

	await sql`update sending_pauses set until = now() - interval '1 second'`.execute(app.db)
	await makeDue()
	expect(await process()).toEqual({ kind: 'nothing_due' })
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 40, digest: { state: 'completed' } })
	expect(new Set(mailed).size).toBe(40)
})

test('After the pause one process alone sends to the domain, on one connection, then one more for each that goes through (S2)', async () => {
	for (let index = 0; index < 8; index++) {
		await makeReader(app, newsletter.id, { address: `g${index}@gmail.example` })
	}
	const digestId = await planned()
	await keepPause(app.db, { scope: 'domain', name: 'gmail.example' }, { reason: '4.7.28', seconds: 600 })
	await sql`update sending_pauses set until = now() - interval '1 second'`.execute(app.db)
	const underWay: string[] = []
	const seen: Array<{ accepted: number; underWay: string[] }> = []
	let accepted = 0
	const mailerOf = (name: string): Mailer => ({
		connections: 5,
		send: async () => {
			underWay.push(name)
			seen.push({ accepted, underWay: [...underWay] })
			await new Promise((resolve) => setTimeout(resolve, 20))
			underWay.splice(underWay.indexOf(name), 1)
			accepted += 1
			if (accepted === 5) stopping.abort()
			return { kind: 'accepted', reply: '250 ok' }
		},
		verify: async () => {},
		close: async () => {},
	})
	const stopping = new AbortController()
	const process = (name: string) => {
		const relays = new RelayPool({ mailer: mailerOf(name), log: app.log, db: app.db })
		return sendDigest({ ...app, relays, stopping: stopping.signal }, { digestId, lane: 0 })
	}
	await Promise.all([process('one'), process('other')])

	for (const { accepted, underWay } of seen.filter(({ accepted }) => accepted < 5)) {
		expect(underWay.length).toBeLessThanOrEqual(accepted + 1)
		expect(new Set(underWay).size).toBe(1)
	}
	expect(await digestProgress(app, digestId)).toMatchObject({ inDoubt: 0, sending: 0, balanced: true })

	// once it has recovered nobody is kept from it
	const third = new RelayPool({ mailer: mailerOf('third'), log: app.log, db: app.db })
	const sendTheRest = async () => {
		await sql`update deliveries set due_at = now() where digest_id = ${digestId} and state = 'planned'`.execute(
			app.db,
		)
		await sendDigest({ ...app, relays: third }, { digestId, lane: 0 })
		return digestProgress(app, digestId)
	}
	await expect.poll(sendTheRest).toMatchObject({ accepted: 8, digest: { state: 'completed' } })
})

test('A domain’s keeper that is heard of no more loses it, and a new pause begins anew (S2)', async () => {
	const pause = () =>
		keepPause(app.db, { scope: 'domain', name: 'mail.example' }, { reason: '4.7.28', seconds: 0 })
	await pause()
	const [one, other] = [createRecoveryLease(app.db, app.log), createRecoveryLease(app.db, app.log)]
	expect(await one.maySend('mail.example', 'the first pause')).toBe(true)
	expect(await other.maySend('mail.example', 'the first pause')).toBe(false)
	await sql`update sending_pauses set kept_until = now() - interval '1 second'`.execute(app.db)
	expect(await createRecoveryLease(app.db, app.log).maySend('mail.example', 'the first pause')).toBe(true)
	await pause()
	expect(await other.maySend('mail.example', 'the second pause')).toBe(true)
	expect(await one.maySend('mail.example', 'the second pause')).toBe(false)
})

test('While a sender warms up no more than the ceiling of the day is sent, by all processes together (S16)', async () => {
	await makeReaders(app, newsletter.id, 40)
	const digestId = await planned()
	const { sent, poolOf } = recordingMailer(app.db)
	const from = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
	const ceiling = createDailyCeiling(app.db, { from, ceilings: [5, 23, 1_000] })
	const process = () =>
		sendDigest({ ...app, relays: poolOf({ ceiling, patienceMs: 10 }) }, { digestId, lane: 0 })
	const ends = await Promise.all([process(), process()])
	// one of them may find nothing left to claim
	const full = expect.objectContaining({ kind: 'relay_unavailable', reason: ownReason('day_full', 23) })
	expect(ends).toContainEqual(full)
	expect(sent).toHaveLength(23)
	expect(await process()).toMatchObject({ kind: 'relay_unavailable' })
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 23, due: 17, sending: 0 })

	const status = async () => (await (await staffOf(app)).call('get', `/digests/${digestId}`)).body
	const tillMidnight = 86_400_000 - (Date.now() % 86_400_000)
	expect(await status()).toMatchObject({ pauses: [{ scope: 'day', name: 'warm-up' }] })
	const [pause] = (await status()).pauses
	expect(Math.abs(Date.parse(pause.until) - Date.now() - tillMidnight)).toBeLessThan(60_000)
	const lines = describeDigest(await status(), {
		locale: 'en',
		t: (key, params) => app.messages.text('en', `cli.${key}`, params),
	})
	expect(lines).toContain('the rest waits until 00:00 UTC.')

	// waiting for the next day is no stall; not to go on then is
	const hour = sql`interval '1 hour'`
	await sql`update digests set state_since = state_since - ${hour} where id = ${digestId}`.execute(app.db)
	await sql`update delivery_tallies set progress_at = progress_at - ${hour} where digest_id = ${digestId}`.execute(
		app.db,
	)
	await sql`update deliveries set due_at = due_at - ${hour} where digest_id = ${digestId}`.execute(app.db)
	expect(await status()).toMatchObject({ stalled: false })
	await sql`update sending_pauses set until = now() - interval '4 minutes'`.execute(app.db)
	expect(await status()).toMatchObject({ stalled: false, pauses: [] })
	await sql`update sending_pauses set until = now() - interval '6 minutes'`.execute(app.db)
	expect(await status()).toMatchObject({ stalled: true })

	// the day after
	await sql`update sending_days set day = day - 1`.execute(app.db)
	const tomorrow = createDailyCeiling(app.db, { from, ceilings: [5] })
	await sendDigest({ ...app, relays: poolOf({ ceiling: tomorrow }) }, { digestId, lane: 0 })
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 40, digest: { state: 'completed' } })
})

/** Answers looks that find nothing late, as a busy database does. */
function slowWhenEmpty(db: TestApp['db']): TestApp['db'] {
	return db.withPlugin({
		transformQuery: ({ node }) => node,
		transformResult: async ({ result }) => {
			const [row] = result.rows as Array<{ written?: number; place?: number | null }>
			if (row?.written === 0 && row.place === null) await new Promise((resolve) => setTimeout(resolve, 500))
			return result
		},
	})
}

test('A message that was put off is sent by the lane that put it off, however late the database answers', async () => {
	await makeReaders(app, newsletter.id, 1)
	const digestId = await planned()
	const { sent, poolOf } = recordingMailer()
	const waits = [0.3]
	const throttle = { admit: async () => [waits.shift() ?? 0] }
	const end = await sendDigest(
		{ ...app, db: slowWhenEmpty(app.db), relays: poolOf(), throttle },
		{ digestId, lane: 0 },
	)
	expect(end).toEqual({ kind: 'nothing_due' })
	expect(sent).toHaveLength(1)
})
