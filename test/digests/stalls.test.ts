import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { planDigest, resumeSending } from '../../src/deliveries/index.ts'
import {
	digestFigures,
	digestProgress,
	pauseDigest,
	reportStalls,
	triggerDigest,
} from '../../src/digests/index.ts'
import { decideStall } from '../../src/digests/progress/decide-stall.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { holdSending } from '../support/hold-sending.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// no worker runs: whoever is asked has to find it
let app: TestApp
let staff: StaffCalls
let newsletter: Newsletter
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
})
afterAll(() => app?.close())
beforeEach(async () => {
	newsletter = await makeNewsletter(app)
	await makeStory(app, newsletter.id)
	await makeReaders(app, newsletter.id, 4)
	await sql`update digests set state = 'completed', completed_at = now(), stalled_since = null`.execute(
		app.db,
	)
	app.logged.length = 0
})

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

/** Lets time pass on the database's clock, for all that is known of a digest. */
async function pass(digestId: number, minutes: number): Promise<void> {
	const by = sql`make_interval(secs => ${minutes * 60})`
	await sql`update digests set state_since = state_since - ${by} where id = ${digestId}`.execute(app.db)
	await sql`update delivery_tallies set progress_at = progress_at - ${by} where digest_id = ${digestId}`.execute(
		app.db,
	)
	await sql`update deliveries set due_at = due_at - ${by}, lease_until = lease_until - ${by} where digest_id = ${digestId}`.execute(
		app.db,
	)
}

/** Changes one planned row of the ledger, as a worker would. */
const change = (digestId: number, changes: string) =>
	sql`update deliveries set ${sql.raw(changes)} where digest_id = ${digestId} and subscription_id =
		(select min(subscription_id) from deliveries where digest_id = ${digestId} and state = 'planned')`.execute(
		app.db,
	)

const isStalled = async (digestId: number) => (await digestProgress(app, digestId)).stalledSince !== null

describe('a digest that makes no progress', () => {
	it('is not stalled while sending is held, which has a reason of its own', async () => {
		const planning = await triggered()
		await makeStory(app, newsletter.id)
		const sending = await planned()
		await pass(planning, 6)
		await pass(sending, 6)
		await holdSending(app)
		await reportStalls(app)
		expect([await isStalled(planning), await isStalled(sending)]).toEqual([false, false])
		expect(app.logged.join()).not.toContain('makes no progress')
		await app.installation.release(operator)
		expect([await isStalled(planning), await isStalled(sending)]).toEqual([true, true])
	})

	it('is stalled after 5 minutes while deliveries are due, and not before', async () => {
		const digestId = await planned()
		await pass(digestId, 4)
		expect(await isStalled(digestId)).toBe(false)
		await pass(digestId, 2)
		expect(await isStalled(digestId)).toBe(true)
		expect((await digestFigures(app)).stalled).toBe(1)

		const { body } = await staff.call('get', `/digests/${digestId}`)
		expect(body.stalled).toBe(true)
		expect(Date.now() - Date.parse(body.stalledSince)).toBeGreaterThanOrEqual(359_000)
		expect((await app.request.get('/metrics')).text).toMatch(/^envoi_digests_stalled 1$/m)
	})

	it('goes on with every delivery that comes to an end or is put off', async () => {
		for (const outcome of [
			`state = 'accepted'`,
			`state = 'refused'`,
			`state = 'excluded', reply = 'unsubscribed'`,
			`due_at = now() + interval '10 minutes'`,
		]) {
			const digestId = await planned()
			await pass(digestId, 6)
			expect(await isStalled(digestId)).toBe(true)
			await change(digestId, outcome)
			expect([outcome, await isStalled(digestId)]).toEqual([outcome, false])
			await makeStory(app, newsletter.id)
		}
	})

	it('does not go on by rows that are claimed and handed back, nor by bounces of what went out before', async () => {
		const digestId = await planned()
		await change(digestId, `state = 'accepted'`)
		await pass(digestId, 6)
		await change(digestId, `state = 'sending', attempts = 1, lease_until = now() + interval '1 minute'`)
		await sql`update deliveries set state = 'planned', attempts = 0 where digest_id = ${digestId} and state = 'sending'`.execute(
			app.db,
		)
		await sql`update deliveries set state = 'bounced' where digest_id = ${digestId} and state = 'accepted'`.execute(
			app.db,
		)
		expect(await isStalled(digestId)).toBe(true)
	})

	it('is stalled too where only messages are left whose worker was lost', async () => {
		const digestId = await planned()
		await sql`update deliveries set state = 'sending', lease_until = now() + interval '1 minute' where digest_id = ${digestId}`.execute(
			app.db,
		)
		// the lease counts, not the claim
		await pass(digestId, 5.5)
		expect(await isStalled(digestId)).toBe(false)
		await pass(digestId, 1)
		expect(await isStalled(digestId)).toBe(true)
	})

	it('is stalled too where nobody has begun to plan it', async () => {
		const digestId = await triggered()
		await pass(digestId, 6)
		expect(await isStalled(digestId)).toBe(true)
	})

	it('is not stalled where everything is put off, paused or done', async () => {
		const digestId = await planned()
		await sql`update deliveries set due_at = now() + interval '1 hour' where digest_id = ${digestId}`.execute(
			app.db,
		)
		await pass(digestId, 50)
		expect(await isStalled(digestId)).toBe(false)
		await pass(digestId, 20)
		expect(await isStalled(digestId)).toBe(true)
		await pauseDigest(app, digestId, operator)
		await pass(digestId, 60)
		expect(await isStalled(digestId)).toBe(false)
		await resumeSending(app, digestId, operator)
		expect(await isStalled(digestId)).toBe(false)
	})
})

describe('the alarm', () => {
	const said = () =>
		app.logged.filter((line) => /progress|stalled/.test(line)).map((line) => JSON.parse(line))

	it('is in the log once for each stall, and again when the digest goes on', async () => {
		const digestId = await planned()
		await reportStalls(app)
		expect(said()).toEqual([])
		await pass(digestId, 6)
		// in whatever process
		await Promise.all([reportStalls(app), reportStalls(app), reportStalls(app)])
		await reportStalls(app)
		expect(said()).toMatchObject([{ level: 'error', digestId, state: 'sending', since: expect.any(String) }])
		await change(digestId, `state = 'accepted'`)
		await reportStalls(app)
		await reportStalls(app)
		expect(said()).toMatchObject([{ level: 'error' }, { level: 'warn', digestId }])
		await pass(digestId, 6)
		await reportStalls(app)
		expect(said().map(({ level }) => level)).toEqual(['error', 'warn', 'error'])
	})
})

describe('what makes a stall', () => {
	const at = (minutes: number) => new Date(minutes * 60_000)

	it.each([
		['nothing is due', 60, 0, undefined, undefined],
		['all was quiet, but work is due only since then', 60, 0, 57, undefined],
		['work became due after the last progress', 60, 0, 50, 50],
		['work was due long before the last progress', 60, 55, 0, 55],
		['progress is just short of 5 minutes ago', 59.9, 55, 0, undefined],
	])('%s', (_, now, quietSince, dueSince, since) => {
		const stall = decideStall({
			now: at(now),
			quietSince: at(quietSince),
			dueSince: dueSince === undefined ? undefined : at(dueSince),
		})
		expect(stall).toEqual(since === undefined ? undefined : at(since))
	})
})
