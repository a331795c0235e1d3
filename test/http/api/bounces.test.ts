import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReportedEvent, recordEvents } from '../../../src/bounces/index.ts'
import { returnPathOf } from '../../../src/deliveries/delivery-tokens.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { deliveryReport, outOfOffice } from '../../support/returned-mail.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const domain = 'bounces.example.org'
let app: TestApp
let staff: StaffCalls
let digestId: number
let subscriptions: number[]
beforeAll(async () => {
	app = await startTestApp({ config: { bounceDomain: domain } })
	staff = await staffOf(app)
	const newsletter = await makeNewsletter(app)
	const addresses = ['ann@one.example', 'bob@one.example', 'cyd@two.example', 'dan@three.example']
	subscriptions = []
	for (const address of addresses) subscriptions.push(await makeReader(app, newsletter.id, { address }))
	await makeStory(app, newsletter.id)
	const sent = await staff.call('post', `/newsletters/${newsletter.slug}/digests`)
	digestId = sent.body.digest.id
	await app.drain()
	await record(0, {
		class: 'address',
		hard: true,
		status: '5.1.1',
		raw: 'the report on Ann <ann@one.example>',
	})
	await record(1, {
		class: 'policy',
		status: '5.7.1',
		diagnostic: '550 5.7.1 <bob@one.example> not from you',
	})
	await record(2, { kind: 'complaint', class: 'complaint', via: 'webhook:generic', raw: '{"complaint":1}' })
	await recordEvents(app, [event({ externalId: 'stray', address: 'stray@four.example' })])
})
afterAll(() => app?.close())

function event(changes: Partial<ReportedEvent>): ReportedEvent {
	return {
		via: 'inbound',
		externalId: 'event',
		kind: 'bounce',
		class: 'temporary',
		hard: false,
		status: '4.2.0',
		reply: '450',
		diagnostic: '450 later',
		identifiers: {},
		occurredAt: app.clock.now(),
		...changes,
	}
}

function record(reader: number, changes: Partial<ReportedEvent>) {
	const subscriptionId = subscriptions[reader] ?? 0
	const returnPath = returnPathOf(app.keys, { digestId, subscriptionId }, domain)
	return recordEvents(app, [
		event({ externalId: `event ${reader}`, identifiers: { returnPath }, ...changes }),
	])
}

describe('bounces over the staff API', () => {
	it('are listed newest first, a page at a time, with whom they are about', async () => {
		const { status, body } = await staff.call('get', '/bounces?limit=2')
		expect(status).toBe(200)
		expect(body.items).toMatchObject([
			{ matchedBy: null, domain: 'four.example', address: null, effect: 'none', digestId: null },
			{
				kind: 'complaint',
				via: 'webhook:generic',
				address: 'cyd@two.example',
				digestId,
				subscriptionId: subscriptions[2],
				effect: 'unsubscribed',
			},
		])
		const rest = await staff.call('get', `/bounces?limit=2&after=${body.next}`)
		expect(rest.body.items).toMatchObject([
			{ class: 'policy', address: 'bob@one.example', diagnostic: '550 5.7.1 <<>> not from you' },
			{ class: 'address', hard: true, effect: 'suppressed' },
		])
		expect(rest.body.next).toBeNull()
		const one = await staff.call('get', `/bounces/${rest.body.items[1].id}`)
		expect(one.body).toEqual(rest.body.items[1])
	})

	it('are filtered by what they are and whom they are about', async () => {
		const count = async (query: string) => (await staff.call('get', `/bounces?${query}`)).body.items.length
		expect(await count('kind=complaint')).toBe(1)
		expect(await count('class=policy')).toBe(1)
		expect(await count(`digestId=${digestId}`)).toBe(3)
		expect(await count('domain=ONE.example')).toBe(2)
		expect(await count('matched=false')).toBe(1)
		expect(await count('matched=true&via=inbound')).toBe(2)
		expect(await count(`subscriptionId=${subscriptions[0]}`)).toBe(1)
		const wrong = await staff.call('get', '/bounces?class=bad&limit=0')
		expect(wrong.status).toBe(422)
		expect(wrong.body.fields.map(({ field }: { field: string }) => field)).toEqual(['class', 'limit'])
	})

	it('give the report as it came, to be saved and not shown, and say who read it', async () => {
		const [bounce] = (await staff.call('get', '/bounces?class=address')).body.items
		const report = await staff.call('get', `/bounces/${bounce.id}/report`)
		expect(report.headers).toMatchObject({
			'content-type': 'application/octet-stream',
			'content-disposition': `attachment; filename="report-${bounce.id}.eml"`,
			'cache-control': 'no-store',
		})
		expect(Buffer.from(report.body).toString()).toBe('the report on Ann <ann@one.example>')
		const audit = await app.db
			.selectFrom('audit_entries')
			.selectAll()
			.where('subject', '=', `bounce:${bounce.id}`)
			.executeTakeFirstOrThrow()
		expect(audit).toMatchObject({ action: 'read report', actor: expect.stringMatching(/^key:\d+$/) })
		const [none] = (await staff.call('get', '/bounces?class=policy')).body.items
		expect((await staff.call('get', `/bounces/${none.id}/report`)).status).toBe(410)
		expect((await staff.call('get', '/bounces/999999/report')).status).toBe(404)
		expect((await staff.call('get', '/bounces/999999')).status).toBe(404)
	})

	it('are counted by domain and class, of a digest and lately', async () => {
		const { body } = await staff.call('get', `/digests/${digestId}/bounces`)
		expect(body).toEqual({
			total: { bounces: 2, complaints: 1, delivered: 0, classes: { address: 1, policy: 1 } },
			domains: [
				{
					domain: 'one.example',
					bounces: 2,
					complaints: 0,
					delivered: 0,
					classes: { address: 1, policy: 1 },
				},
				{ domain: 'two.example', bounces: 0, complaints: 1, delivered: 0, classes: {} },
			],
		})
		const lately = await staff.call('get', '/bounces/domains?days=7&limit=1')
		expect(lately.body.domains).toHaveLength(1)
		expect((await staff.call('get', '/digests/999999/bounces')).status).toBe(404)
	})

	it('raise alerts that staff sees, and closes once they are seen to', async () => {
		const { body } = await staff.call('get', '/bounces/alerts')
		expect(body.items).toMatchObject([
			{
				digestId,
				events: 1,
				planned: 4,
				classes: { policy: 1 },
				domains: { 'one.example': 1 },
				closedAt: null,
			},
		])
		const status = async () => (await staff.call('get', `/digests/${digestId}`)).body.alert
		expect(await status()).toEqual(body.items[0])
		const path = `/bounces/alerts/${body.items[0].id}/close`
		for (let time = 0; time < 2; time++) expect((await staff.call('post', path)).status).toBe(204)
		expect((await staff.call('get', '/bounces/alerts')).body.items).toEqual([])
		expect(await status()).toBeNull()
		expect((await staff.call('get', '/bounces/alerts?all=true')).body.items).toHaveLength(1)
		expect((await staff.call('post', '/bounces/alerts/999999/close')).status).toBe(404)
	})

	it('take a report that staff has at hand, and know it the second time', async () => {
		const subscriptionId = subscriptions[3] ?? 0
		await sql`update deliveries set state = 'accepted' where subscription_id = ${subscriptionId}`.execute(
			app.db,
		)
		const to = returnPathOf(app.keys, { digestId, subscriptionId }, domain)
		const raw = deliveryReport({ to, recipient: 'dan@three.example' })
		const replay = (text: string) =>
			app.request
				.post('/api/v1/bounces/reports')
				.set('Authorization', `Bearer ${staff.key}`)
				.type('message/rfc822')
				.send(text)
		const first = await replay(raw)
		expect(first.body).toMatchObject({
			kind: 'bounce',
			results: [{ kind: 'recorded', effect: 'suppressed' }],
		})
		expect((await replay(raw)).body).toEqual({ kind: 'known', results: [] })
		expect((await replay(outOfOffice(to))).body).toEqual({ kind: 'auto-reply', results: [] })
		expect((await replay('')).status).toBe(400)
	})

	it('are for staff alone', async () => {
		for (const path of [
			'/bounces',
			'/bounces/1',
			'/bounces/1/report',
			'/bounces/alerts',
			'/bounces/domains',
		]) {
			expect((await app.request.get(`/api/v1${path}`)).status, path).toBe(401)
		}
		expect((await app.request.post('/api/v1/bounces/reports').send('x')).status).toBe(401)
	})
})
