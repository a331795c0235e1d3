import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { addDays } from '../../src/kernel/clock.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { applyRetention } from '../../src/retention/index.ts'
import { findSuppression } from '../../src/suppressions/index.ts'
import { pruneProcessor } from '../../workers/prune.ts'
import { receiptsOf, signUp, stateOf, subscribeFully, subscriptionOf } from '../subscriptions/people.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// each ends on a day of its own
const config = {
	unconfirmedDays: 10,
	noticeDays: 20,
	leftDays: 30,
	bounceReportDays: 40,
	bounceEventDays: 50,
	retentionDays: 60,
	receiptDays: 70,
	auditDays: 200,
}

let app: TestApp
let staff: StaffCalls
let newsletterId: number
beforeAll(async () => {
	app = await startTestApp({ config: { ...config, recordIp: true } })
	staff = await staffOf(app)
	newsletterId = (await makeNewsletter(app, { slug: 'news' })).id
	await makeNewsletter(app, { slug: 'other' })
})
afterAll(() => app?.close())

type Shown = { kind: string; days: number | null; due: number | null; applied: { removed: number } | null }

async function show(): Promise<Record<string, Shown>> {
	const { status, body } = await staff.call('get', '/retention')
	expect(status).toBe(200)
	return Object.fromEntries(body.items.map((item: Shown) => [item.kind, item]))
}

const leave = async (address: string, newsletter?: string) => {
	const found = await staff.call('post', '/readers/find', { address })
	await staff.call('post', `/readers/${found.body.items[0].id}/unsubscribe`, { newsletter })
}

/** A reader's request of which nothing more is to come. */
async function askForData(
	address: string,
	{ usedAt, expiresAt }: { usedAt?: Date; expiresAt?: Date },
): Promise<void> {
	const subscription = await subscriptionOf(app, address)
	const { subscriber_id } = await app.db
		.selectFrom('subscriptions')
		.select('subscriber_id')
		.where('id', '=', subscription.id)
		.executeTakeFirstOrThrow()
	const now = app.clock.now()
	await app.db
		.insertInto('reader_requests')
		.values({
			...{
				kind: 'send_data',
				subscription_id: subscription.id,
				subscriber_id,
				locale: 'en',
				created_at: now,
			},
			...{ expires_at: expiresAt ?? addDays(now, 1), used_at: usedAt ?? null },
		})
		.execute()
}

async function receiveReport(): Promise<void> {
	const at = app.clock.now()
	await app.db
		.insertInto('bounce_reports')
		.values({
			via: 'inbound',
			content_hash: `hash ${at.toISOString()}`,
			raw: Buffer.from('x'),
			received_at: at,
			kind: 'none',
		})
		.execute()
	for (const kind of ['bounce', 'delivered'] as const) {
		await app.db
			.insertInto('bounce_events')
			.values({
				...{
					external_id: `${kind} ${at.toISOString()}`,
					via: 'inbound',
					kind,
					class: 'unknown',
					hard: false,
				},
				...{ status: '', reply: '', diagnostic: '', occurred_at: at, recorded_at: at },
			})
			.execute()
	}
}

test('Each kind of data goes when its days are over, not before; what is due is told, and what went', async () => {
	await subscribeFully(app, 'stays@example.org')
	await signUp(app, 'never@example.org')
	await subscribeFully(app, 'left@example.org')
	await subscribeFully(app, 'left-one@example.org')
	await subscribeFully(app, 'left-one@example.org', { newsletter: 'other' })
	await makeStory(app, newsletterId)
	const triggered = await triggerDigest(app, newsletterId, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await app.drain()
	// mails and ledgers are dated by the database's clock
	const begun = app.clock.now()
	await app.db.updateTable('notices').set({ created_at: begun }).execute()
	await app.db.updateTable('digests').set({ completed_at: begun }).execute()
	await askForData('stays@example.org', { usedAt: begun })
	await askForData('stays@example.org', { expiresAt: addDays(begun, -1) })
	await receiveReport()
	await leave('left@example.org')
	await leave('left-one@example.org', 'other')

	const wentOn: Record<string, number[]> = {}
	app.clock.advance({ days: 1 })
	for (let day = 1; day <= 201; day += 10) {
		const before = await show()
		await applyRetention(app)
		const after = await show()
		for (const [kind, { due }] of Object.entries(before)) {
			if (due === null) continue
			expect([kind, after[kind]?.applied?.removed, after[kind]?.due]).toEqual([kind, due, 0])
			if (due > 0) wentOn[kind] = [...(wentOn[kind] ?? []), day]
		}
		app.clock.advance({ days: 10 })
	}
	expect(wentOn).toEqual({
		signups: [11],
		links: [21],
		requests: [1, 11],
		notices: [21],
		former_readers: [31],
		reports: [41],
		// that mail was delivered goes with the report
		bounce_events: [41, 51],
		deliveries: [61],
		// of who never confirmed; of who was erased, counted from then
		receipts: [71, 111],
		audit: [201],
	})

	expect(await stateOf(app, 'stays@example.org')).toBe('active')
	expect(await stateOf(app, 'left-one@example.org')).toBe('active')
	expect(await stateOf(app, 'left-one@example.org', 'other')).toBe('unsubscribed')
	expect(await stateOf(app, 'left@example.org')).toBeUndefined()
	const addressHash = hashAddress(app.keys, 'left@example.org')
	expect(await findSuppression(app.db, addressHash)).toMatchObject({ reason: 'erased' })
	const { id } = await subscriptionOf(app, 'stays@example.org')
	expect((await receiptsOf(app, id)).map(({ action }) => action)).toEqual(['requested', 'confirmed'])
	const gone = await app.db
		.selectFrom('consent_receipts')
		.select('id')
		.where('subscription_id', 'is', null)
		.execute()
	expect(gone).toEqual([])
	const events = await app.db.selectFrom('bounce_events').select('id').execute()
	expect(events).toEqual([])
})

test('What is set to be kept for good is, and is shown so', async () => {
	const forGood = { ...config, leftDays: 0, receiptDays: 0, retentionDays: 0, auditDays: 0 }
	const kept = await startTestApp({ config: forGood })
	try {
		await makeNewsletter(kept, { slug: 'news' })
		await subscribeFully(kept, 'left@example.org')
		const keptStaff = await staffOf(kept)
		const found = await keptStaff.call('post', '/readers/find', { address: 'left@example.org' })
		await keptStaff.call('post', `/readers/${found.body.items[0].id}/unsubscribe`, {})
		await signUp(kept, 'never@example.org')
		await kept.drain()
		kept.clock.advance({ days: 20_000 })
		await applyRetention(kept)
		await applyRetention(kept)
		expect(await stateOf(kept, 'left@example.org')).toBe('unsubscribed')
		expect(await kept.db.selectFrom('consent_receipts').select('id').execute()).toHaveLength(4)
		expect((await kept.db.selectFrom('audit_entries').select('id').execute()).length).toBeGreaterThan(1)
		const { body } = await keptStaff.call('get', '/retention')
		const shown = body.items.filter(({ kind }: Shown) =>
			['former_readers', 'receipts', 'deliveries', 'audit', 'suppressions'].includes(kind),
		)
		expect(shown).toHaveLength(5)
		for (const item of shown) {
			expect(item).toMatchObject({ ends: 'for_good', days: null, due: null, applied: null })
		}
		expect(shown[0].setting).toBe('LEFT_DAYS')
	} finally {
		await kept.close()
	}
})

test('What can’t go does not keep the rest from going, and the job fails, to be tried again', async () => {
	await subscribeFully(app, 'stuck@example.org')
	await leave('stuck@example.org')
	await signUp(app, 'never-again@example.org')
	await app.drain()
	await receiveReport()
	app.clock.advance({ days: 51 })
	const fail = () => Promise.reject(new Error('broken'))
	const broken = { ...app, forget: [fail] }
	await expect(pruneProcessor(broken)({})).rejects.toThrow('not all')
	const shown = await show()
	expect([shown.signups?.due, shown.reports?.due, shown.bounce_events?.due]).toEqual([0, 0, 0])
	expect(shown.former_readers?.due).toBe(1)
	expect(await stateOf(app, 'stuck@example.org')).toBe('unsubscribed')
})

test('A receipt of a subscription can’t be deleted; one without a person can', async () => {
	await subscribeFully(app, 'fixed@example.org')
	const { id } = await subscriptionOf(app, 'fixed@example.org')
	const remove = () => sql`delete from consent_receipts where subscription_id = ${id}`.execute(app.db)
	await expect(remove()).rejects.toThrow('append-only')
	await staff.call('post', '/readers/erase', { address: 'fixed@example.org' })
	await app.db.deleteFrom('consent_receipts').where('subscription_id', 'is', null).execute()
})

test('Who may not look is refused', async () => {
	const { body } = await staff.call('post', '/api-keys', { name: 'reads', scopes: ['digests.read'] })
	const refused = await app.request.get('/api/v1/retention').set('Authorization', `Bearer ${body.key}`)
	expect(refused.status).toBe(403)
})
