import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
	markReturned,
	pauseDomain,
	planDigest,
	providerOf,
	providersOfDigest,
	pruneLedgers,
	RelayPool,
	resendDeliveries,
	sendDigest,
} from '../../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import type { Mailer } from '../../../src/kernel/mail.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

/** Refuses `no…`, breaks off at `doubt…`, takes the others. */
const mailer: Mailer = {
	connections: 2,
	send: async ({ envelope: { to } }) => {
		if (to.startsWith('no'))
			return { kind: 'refused', permanence: 'permanent', scope: 'recipient', reply: '550 5.1.1 no such user' }
		if (to.startsWith('doubt')) return { kind: 'in_doubt', reason: 'the line broke' }
		return { kind: 'accepted', reply: '250 ok' }
	},
	verify: async () => {},
	close: async () => {},
}

describe('A digest by mail provider', () => {
	let app: TestApp
	let viewer: ConsoleBrowser
	let newsletterId: number
	beforeAll(async () => {
		app = await startTestApp({ workers: false, config: { retentionDays: 400 } })
		viewer = await signInAs(app, 'viewer')
		const { id } = await makeNewsletter(app)
		newsletterId = id
		const addresses = [
			...['a', 'b', 'c', 'no-one'].map((name) => `${name}@gmail.com`),
			...['a@hotmail.fr', 'b@outlook.com', 'doubt@live.co.uk'],
			...['a', 'b', 'c'].map((name) => `${name}@videotron.example`),
			...['a', 'b'].map((name) => `${name}@small.example`),
			'a@alone.example',
		]
		for (const address of addresses) await makeReader(app, id, { address })
		await makeReader(app, id, { address: 'gone@gmail.com', state: 'unsubscribed' })
	})
	afterAll(() => app?.close())

	async function planned(): Promise<number> {
		await makeStory(app, newsletterId)
		const made = await triggerDigest(app, newsletterId, { by: operator })
		if (made.kind !== 'created') throw new Error(made.kind)
		await planDigest(app, made.digest.id)
		return made.digest.id
	}
	const send = (id: number) =>
		sendDigest(
			{ ...app, relays: new RelayPool({ mailer, log: app.log, db: app.db }, {}) },
			{ digestId: id, lane: 0 },
		)

	const none = { accepted: 0, refused: 0, bounced: 0, complained: 0, inDoubt: 0 }

	it('has the largest by name, small domains together, and sums that come out', async () => {
		const id = await planned()
		expect(await providersOfDigest(app, id)).toEqual([
			{ ...none, name: 'Gmail', domains: 1, planned: 4, due: 4 },
			{ ...none, name: 'Outlook, Hotmail', domains: 3, planned: 3, due: 3 },
			{ ...none, name: 'videotron.example', domains: 1, planned: 3, due: 3 },
			{ ...none, name: '', domains: 2, planned: 3, due: 3 },
		])
		const approver = await signInAs(app, 'approver', { name: 'Luc Tremblay' })
		await approver.post(`/console/digests/${id}/pause`).expect(303)
		const paused = await viewer.get(`/console/digests/${id}`).expect(200)
		expect(paused.text).toMatch(/Paused at \d\d:\d\d by Luc Tremblay\./)
		await approver.post(`/console/digests/${id}/resume`).expect(303)
		expect((await viewer.get(`/console/digests/${id}`)).text).toContain('Luc Tremblay let it go on')
		await pauseDomain(app, 'videotron.example', { reason: '421 too fast', seconds: 600 })
		const page = await viewer.get(`/console/digests/${id}`).expect(200)
		expect(page.text).toContain('asks for a slower pace; on again at')
		await sql`delete from sending_pauses`.execute(app.db)

		await app.db
			.updateTable('subscriptions')
			.set({ state: 'unsubscribed' })
			.where('subscriber_id', '=', ({ selectFrom }) =>
				selectFrom('subscribers').select('id').where('domain', '=', 'alone.example'),
			)
			.execute()
		await send(id)
		const after = await providersOfDigest(app, id)
		expect(after).toMatchObject([
			{ ...none, planned: 4, accepted: 3, refused: 1, due: 0 },
			{ ...none, planned: 3, accepted: 2, inDoubt: 1, due: 0 },
			{ ...none, planned: 3, accepted: 3, due: 0 },
			{ ...none, planned: 2, accepted: 2, due: 0 },
		])
		const { planned: all, accepted, refused, inDoubt } = await digestProgress(app, id)
		const sum = (name: 'planned' | 'accepted' | 'refused' | 'inDoubt') =>
			after.reduce((total, row) => total + row[name], 0)
		expect([sum('planned'), sum('accepted'), sum('refused'), sum('inDoubt')]).toEqual([
			all,
			accepted,
			refused,
			inDoubt,
		])
		const report = await viewer.get(`/console/digests/${id}`).expect(200)
		expect(report.text).toContain('By mail provider')
		expect(report.text).toMatch(/Gmail<\/th>/)
		expect(report.text).toContain('2 others')
	})

	it('follows what comes back, what is sent again, and outlives the ledger', async () => {
		const id = await planned()
		await send(id)
		const { rows } = await sql<{ id: number }>`
			select s.id from subscriptions s join subscribers p on p.id = s.subscriber_id
			where p.comparable_address = 'a@gmail.com'`.execute(app.db)
		await markReturned(app.db, { digestId: id, subscriptionId: rows[0]?.id ?? 0 }, 'bounced')
		expect(await providersOfDigest(app, id)).toMatchObject([
			{ planned: 4, accepted: 2, refused: 1, bounced: 1, due: 0 },
			{ planned: 3, accepted: 2, inDoubt: 1 },
			{},
			{},
		])
		await resendDeliveries(app, id, 'in_doubt', operator)
		expect((await providersOfDigest(app, id))[1]).toMatchObject({
			planned: 3,
			accepted: 2,
			inDoubt: 0,
			due: 1,
		})
		await send(id)
		const before = await providersOfDigest(app, id)
		app.clock.advance({ days: 401 })
		await pruneLedgers(app)
		expect(await providersOfDigest(app, id)).toEqual(before)
	})

	it('asks before it is sent again, tells who stays out, and has its numbers as a table', async () => {
		const id = await planned()
		await send(id)
		const approver = await signInAs(app, 'approver')
		const { text } = await approver.get(`/console/digests/${id}`).expect(200)
		expect(text).toContain(`/console/digests/${id}?ask=refused`)
		const asked = await approver.get(`/console/digests/${id}?ask=in_doubt`).expect(200)
		expect(asked.text).toContain('Send it again to one reader?')
		await app.db
			.updateTable('subscriptions')
			.set({ state: 'unsubscribed' })
			.where('id', '=', ({ selectFrom }) =>
				selectFrom('deliveries')
					.select('subscription_id')
					.where('digest_id', '=', id)
					.where('state', '=', 'in_doubt'),
			)
			.execute()
		const again = await approver.get(`/console/digests/${id}?ask=in_doubt`).expect(200)
		expect(again.text).toContain('Nobody can be sent it again')
		expect(again.text).toContain('One has left, is paused or is out for good, and stays out.')
		const reading = await signInAs(app, 'viewer')
		expect((await reading.get(`/console/digests/${id}`)).text).not.toContain('?ask=')

		const table = await reading.get(`/console/digests/${id}/providers.csv`).expect(200)
		const rows = table.text
			.trim()
			.split('\r\n')
			.map((line) => [...line.matchAll(/"([^"]*)"|(\d+)/g)].map(([, text, number]) => text ?? number ?? ''))
		expect(rows.slice(1).map(([name, , ...counts]) => [name, ...counts.map(Number)])).toEqual([
			['Gmail', 4, 3, 1, 0, 0, 0, 0],
			['Outlook, Hotmail', 3, 2, 0, 0, 0, 1, 0],
			['videotron.example', 3, 3, 0, 0, 0, 0, 0],
			['others', 2, 2, 0, 0, 0, 0, 0],
			['all', 12, 10, 1, 0, 0, 1, 0],
		])
		await approver.post(`/console/digests/${id}/resend`, { state: 'refused' }).expect(303)
		const { rows: due } =
			await sql`select from deliveries where digest_id = ${id} and state = 'planned'`.execute(app.db)
		expect(due).toHaveLength(1)
	})

	it('knows providers with a domain in each country, and no others', () => {
		expect(['hotmail.fr', 'live.com', 'outlook.com.br', 'msn.com'].map(providerOf)).toEqual(
			Array(4).fill('Outlook, Hotmail'),
		)
		expect(['live.charity.example', 'notgmail.com', 'gmail.com.example'].map(providerOf)).toEqual([
			'live.charity.example',
			'notgmail.com',
			'gmail.com.example',
		])
		expect(['free.fr', 'wanadoo.fr', 'laposte.net'].map(providerOf)).toEqual([
			'Free',
			'Orange, Wanadoo',
			'La Poste',
		])
	})
})
