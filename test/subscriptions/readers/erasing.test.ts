import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordEvents } from '../../../src/bounces/index.ts'
import { returnPathOf } from '../../../src/deliveries/delivery-tokens.ts'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { unsubscribeUrl } from '../../../src/subscriptions/index.ts'
import { findSuppression, suppress } from '../../../src/suppressions/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { mailsTo, stateOf, subscribeFully, subscriptionOf } from '../people.ts'

let app: TestApp
let staff: StaffCalls
let newsletterId: number
beforeAll(async () => {
	app = await startTestApp({ config: { recordIp: true } })
	staff = await staffOf(app)
	newsletterId = (await makeNewsletter(app, { slug: 'news' })).id
	await makeNewsletter(app, { slug: 'other' })
})
afterAll(() => app?.close())

const erase = async (address: string) => (await staff.call('post', '/readers/erase', { address })).body
const hashOf = (address: string) => hashAddress(app.keys, address)

async function sendDigest(): Promise<number> {
	await makeStory(app, newsletterId)
	const triggered = await triggerDigest(app, newsletterId, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await app.drain()
	return triggered.digest.id
}

async function addReport(text: string): Promise<void> {
	await app.db
		.insertInto('bounce_reports')
		.values({
			via: 'inbound',
			content_hash: text,
			raw: Buffer.from(text),
			received_at: app.clock.now(),
			kind: 'none',
		})
		.execute()
}

/** The tables in which a text stands anywhere, also in what is kept as bytes. */
async function tablesNaming(text: string): Promise<string[]> {
	const { rows } = await sql<{ name: string }>`
		select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`.execute(app.db)
	const found: string[] = []
	for (const { name } of rows) {
		const raw = name === 'bounce_reports' ? sql` || encode(t.raw, 'escape')` : sql``
		const { rows: hits } = await sql`
			select 1 from ${sql.table(name)} t where (t::text${raw}) ilike ${`%${text}%`} limit 1`.execute(app.db)
		if (hits.length > 0) found.push(name)
	}
	return found.sort()
}

describe('erasing a person', () => {
	it('leaves the address nowhere in the database, and proof and counts without the person', async () => {
		const address = 'Cleo@erased.example'
		const comparable = 'cleo@erased.example'
		for (const newsletter of ['news', 'other']) await subscribeFully(app, address, { newsletter })
		await subscribeFully(app, 'xcleo@erased.example')
		const { id: subscriptionId } = await subscriptionOf(app, address)
		const digestId = await sendDigest()
		await sql`update deliveries set reply = ${`550 <${comparable}> unknown`} where digest_id = ${digestId}
			and subscription_id = ${subscriptionId}`.execute(app.db)
		await recordEvents(app, [
			{
				via: 'inbound',
				externalId: 'erasing:1',
				kind: 'bounce',
				class: 'mailbox-full',
				hard: false,
				status: '4.2.2',
				reply: '452',
				diagnostic: 'full',
				identifiers: {
					returnPath: returnPathOf(app.keys, { digestId, subscriptionId }, 'bounces.example.org'),
				},
				occurredAt: app.clock.now(),
			},
		])
		await addReport(`To: <CLEO@Erased.example>\r\n`)
		await addReport('To: <xcleo@erased.example>, cleo@erased.example.org\r\n')
		expect(await tablesNaming('<cleo@erased.example')).toEqual(['bounce_reports', 'deliveries'])
		const before = await app.db
			.selectFrom('deliveries')
			.select('state')
			.where('digest_id', '=', digestId)
			.execute()

		const { known, erased } = await erase(address)
		expect(known).toBe(true)
		expect(erased).toMatchObject({
			subscriptions: 2,
			receipts: 4,
			notices: 2,
			reports: 1,
			events: 1,
			replies: 1,
		})
		expect(erased.capturedMails).toBeGreaterThanOrEqual(3)
		expect(await mailsTo(app, address)).toEqual([])
		await app.db.deleteFrom('bounce_reports').where('content_hash', 'like', '%xcleo%').execute()
		await erase('xcleo@erased.example')
		expect(await tablesNaming(comparable)).toEqual([])
		expect(await tablesNaming(hashOf(comparable))).toEqual(['consent_receipts', 'suppressions'])
		const after = await app.db
			.selectFrom('deliveries')
			.select('state')
			.where('digest_id', '=', digestId)
			.execute()
		expect(after).toHaveLength(before.length)

		const receipts = await app.db
			.selectFrom('consent_receipts')
			.selectAll()
			.where('address_hash', '=', hashOf(comparable))
			.where('newsletter_id', '=', newsletterId)
			.orderBy('id')
			.execute()
		expect(receipts.map(({ action }) => action)).toEqual(['requested', 'confirmed', 'erased'])
		expect(receipts[1]).toMatchObject({ subscription_id: null, ip: null, wording_version: 1 })
		const entries = await app.db
			.selectFrom('audit_entries')
			.selectAll()
			.where('action', '=', 'erase')
			.execute()
		expect(entries).toHaveLength(2)
	})

	it('deletes no report of somebody whose address only looks alike', async () => {
		const text = 'To: <anna@alike.example>, ann@alike.example.org, x-ann@alike.example\r\n'
		await addReport(text)
		expect((await erase('ann@alike.example')).erased).toMatchObject({ reports: 0 })
		expect((await erase('anna@alike.example')).erased).toMatchObject({ reports: 1 })
	})

	it('is fine twice, and finds what came in since', async () => {
		await subscribeFully(app, 'twice@erased.example')
		expect((await erase('twice@erased.example')).known).toBe(true)
		await addReport('Final-Recipient: rfc822; twice@erased.example\r\n')
		expect(await erase('twice@erased.example')).toMatchObject({ known: false, erased: { reports: 1 } })
		expect(await erase('twice@erased.example')).toMatchObject({ known: false, erased: { reports: 0 } })
		expect((await staff.call('post', '/readers/erase', { address: 'no address' })).status).toBe(422)
	})

	it('is told by the links of old mails, which change nothing', async () => {
		await subscribeFully(app, 'links@erased.example')
		const { id } = await subscriptionOf(app, 'links@erased.example')
		const { pathname } = new URL(unsubscribeUrl(app, { subscriptionId: id, digestId: 0 }))
		await erase('links@erased.example')
		const page = await app.request.get(pathname)
		expect(page.status).toBe(200)
		expect(page.text).not.toContain('links@')
		expect((await app.request.post(pathname).send('List-Unsubscribe=One-Click')).status).toBe(200)
	})

	it('bars the address, whoever brings it back, until its owner signs up and confirms', async () => {
		const address = 'back@erased.example'
		await subscribeFully(app, address)
		await erase(address)
		expect(await findSuppression(app.db, hashOf(address))).toMatchObject({ reason: 'erased' })
		await makeReader(app, newsletterId, { address })
		await sendDigest()
		expect(await mailsTo(app, address)).toEqual([])

		await erase(address)
		await subscribeFully(app, address)
		expect((await mailsTo(app, address)).map(({ subject }) => subject)).toEqual([
			expect.stringMatching(/confirm/i),
		])
		expect(await stateOf(app, address)).toBe('active')
		expect(await findSuppression(app.db, hashOf(address))).toBeUndefined()
	})

	it('takes back no complaint, and a complaint outranks it', async () => {
		const address = 'angry@erased.example'
		const complain = () =>
			suppress(app.db, {
				addressHash: hashOf(address),
				reason: 'complaint',
				evidence: null,
				at: app.clock.now(),
			})
		await subscribeFully(app, address)
		await complain()
		await erase(address)
		expect(await findSuppression(app.db, hashOf(address))).toMatchObject({ reason: 'complaint' })

		await subscribeFully(app, 'calm@erased.example')
		await erase('calm@erased.example')
		const addressHash = hashOf('calm@erased.example')
		await suppress(app.db, { addressHash, reason: 'staff', evidence: null, at: app.clock.now() })
		expect(await findSuppression(app.db, addressHash)).toMatchObject({ reason: 'staff' })
	})
})

describe('consent receipts', () => {
	it('can’t be changed or deleted, but to take the person out of them, once', async () => {
		await subscribeFully(app, 'fixed@erased.example')
		const { id } = await subscriptionOf(app, 'fixed@erased.example')
		const change = (set: string) =>
			sql`update consent_receipts set ${sql.raw(set)} where subscription_id = ${id}`.execute(app.db)
		await expect(change(`ip = null`)).rejects.toThrow('append-only')
		const strip = `subscription_id = null, address_hash = 'x', ip = null, choices = null`
		await expect(change(`${strip}, action = 'unsubscribed'`)).rejects.toThrow('append-only')
		await expect(change(`${strip}, at = now()`)).rejects.toThrow('append-only')
		await expect(change(`subscription_id = null, address_hash = 'x'`)).rejects.toThrow('append-only')
		await expect(
			sql`delete from consent_receipts where subscription_id = ${id}`.execute(app.db),
		).rejects.toThrow('append-only')
		await change(strip)
		await expect(
			sql`update consent_receipts set ip = '192.0.2.1' where address_hash = 'x'`.execute(app.db),
		).rejects.toThrow('append-only')
	})
})
