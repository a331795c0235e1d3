import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keepPause } from '../../../src/deliveries/pacing/store.ts'
import { ownReason } from '../../../src/kernel/own-reason.ts'
import type { Newsletter } from '../../../src/newsletters/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
let newsletter: Newsletter
let path: string
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
})
afterAll(() => app?.close())
beforeEach(async () => {
	newsletter = await makeNewsletter(app)
	path = `/newsletters/${newsletter.slug}/digests`
})

const story = (title: string, locale = 'en') => makeStory(app, newsletter.id, { title, locale })
const reader = (address: string, locale = 'en') => makeReader(app, newsletter.id, { address, locale })
const send = (key?: string, body: object = {}) =>
	staff.call('post', path, body, key === undefined ? {} : { 'Idempotency-Key': key })
const mailsTo = (address: string) =>
	app.captured?.list().filter(({ envelope }) => envelope.to === address) ?? []

describe('a preview', () => {
	it('shows what would be sent in each language, and stores nothing', async () => {
		await story('A well')
		await story('Un puits', 'fr')
		const { status, body } = await staff.call('post', `${path}/preview`, { subject: { fr: 'Objet à moi' } })
		expect(status).toBe(200)
		expect(body.renditions).toMatchObject([
			{ locale: 'en', subject: 'World News: A well', droppedStories: 0, stories: [{ title: 'A well' }] },
			{ locale: 'fr', subject: 'Objet à moi', stories: [{ title: 'Un puits' }] },
		])
		expect(body.renditions[0].htmlBytes).toBe(Buffer.byteLength(body.renditions[0].html))
		expect(JSON.stringify(body)).not.toContain('slot_')
		expect((await staff.call('get', path)).body).toEqual({ items: [], next: null })
	})

	it('says how many would get what, and how many nothing and why', async () => {
		const id = await story('A well')
		await reader('one@example.net')
		await reader('two@example.net')
		await reader('un@example.net', 'fr')
		await makeReader(app, newsletter.id, { address: 'new@example.net', state: 'pending' })
		const { body } = await staff.call('post', `${path}/preview`)
		expect(body.audience).toEqual({
			variants: [{ locale: 'en', readers: 2, stories: [{ id, title: 'A well' }] }],
			excluded: { no_rendition: 1, pending: 1 },
		})
	})

	it('is empty where nothing is new, and takes no body too', async () => {
		expect((await staff.call('post', `${path}/preview`)).body).toEqual({
			audience: { variants: [], excluded: {} },
			renditions: [],
		})
	})
})

describe('a digest', () => {
	it('is sent to all who are subscribed, and its sums come out even', async () => {
		await story('A well')
		await reader('ann@example.net')
		await makeReader(app, newsletter.id, { address: 'pending@example.net', state: 'pending' })
		const sent = await send()
		expect([sent.status, sent.body.kind]).toEqual([202, 'created'])
		expect(sent.headers.location).toBe(`/api/v1/digests/${sent.body.digest.id}`)
		await app.drain()

		const { body } = await staff.call('get', `/digests/${sent.body.digest.id}`)
		expect(body).toMatchObject({ state: 'completed', trigger: 'api', balanced: true })
		expect(body.counts).toMatchObject({
			candidates: 2,
			planned: 1,
			accepted: 1,
			due: 0,
			excluded: { pending: 1 },
		})
		const list = await staff.call('get', path)
		expect(list.body.items).toMatchObject([{ id: sent.body.digest.id, renditions: [{ storyCount: 1 }] }])
	})

	it('is shown in the browser to whoever knows its address', async () => {
		await story('A well')
		const { body } = await send()
		const page = await app.request.get(new URL(body.digest.renditions[0].webUrl).pathname).expect(200)
		expect(page.text).toContain('A well')
		expect(page.headers['content-language']).toBe('en')
		expect(page.headers['x-robots-tag']).toBe('noindex')
		await app.request.get(`/digests/${'x'.repeat(22)}/en`).expect(404)
		await app.request.get('/digests/1/en').expect(404)
		await app.request.get(`${new URL(body.digest.renditions[0].webUrl).pathname}xx`).expect(404)
		await app.drain()
	})

	it('says that nothing is new with 200, and that the law wants more with 409', async () => {
		const nothing = await send()
		expect([nothing.status, nothing.body]).toEqual([200, { kind: 'nothing_new' }])
		newsletter = await makeNewsletter(app, { postalAddress: null, contact: null })
		path = `/newsletters/${newsletter.slug}/digests`
		await story('A well')
		const refused = await send()
		expect(refused.status).toBe(409)
		expect(refused.body.fields.map(({ field }: { field: string }) => field)).toEqual([
			'postalAddress',
			'contact',
		])
		expect((await staff.call('get', path)).body.items).toEqual([])
	})

	it('goes out once for one Idempotency-Key, one after the other and at once', async () => {
		await story('A well')
		await reader('once@example.net')
		const first = await send('week-1')
		const second = await send('week-1')
		expect([first.body.kind, second.body.kind]).toEqual(['created', 'existing'])
		expect(second.status).toBe(202)
		expect(second.body.digest.id).toBe(first.body.digest.id)

		await story('Another')
		const atOnce = await Promise.all(Array.from({ length: 5 }, () => send('week-2')))
		expect(atOnce.map(({ body }) => body.kind).sort()).toEqual(['created', ...Array(4).fill('existing')])
		expect(new Set(atOnce.map(({ body }) => body.digest.id)).size).toBe(1)
		await app.drain()
		expect(mailsTo('once@example.net')).toHaveLength(2)
		expect((await staff.call('get', path)).body.items).toHaveLength(2)
	})

	it('is not another for a key that was used: that is a mistake', async () => {
		await story('A well')
		await send('k')
		const other = await send('k', { subject: 'Other' })
		expect([other.status, other.body.code]).toEqual([409, 'conflict'])
		await app.drain()
	})

	it.each(['with spaces', 'é', 'x'.repeat(201)])('takes no such key: %j', async (key) => {
		const answer = await fetch(`${app.url}/api/v1${path}`, {
			method: 'POST',
			headers: { Authorization: `Bearer ${staff.key}`, 'Idempotency-Key': key },
		})
		expect(answer.status).toBe(422)
		expect(await answer.json()).toMatchObject({ fields: [{ field: 'idempotency-key' }] })
	})

	it.each([
		[{ subject: '{nothing}' }, 'subject'],
		[{ subject: { de: 'x' } }, 'subject.de'],
		[{ storyIds: [] }, 'storyIds'],
		[{ storyIds: ['1'] }, 'storyIds.0'],
		[{ storyIds: [999_999] }, 'storyIds'],
		[{ story: 1 }, 'story'],
	])('is refused for bad input, and nothing is stored: %j', async (body, field) => {
		await story('A well')
		const refused = await send(undefined, body)
		expect(refused.status).toBe(422)
		expect(JSON.stringify(refused.body.fields)).toContain(`"field":"${field}`)
		expect((await staff.call('get', path)).body.items).toEqual([])
	})

	it('is listed a page at a time', async () => {
		for (const title of ['One', 'Two', 'Three']) {
			await story(title)
			await send()
		}
		const first = (await staff.call('get', `${path}?limit=2`)).body
		const second = (await staff.call('get', `${path}?limit=2&after=${first.next}`)).body
		expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null])
		expect((await staff.call('get', `${path}?limit=0`)).status).toBe(422)
		expect((await staff.call('get', `${path}?page=2`)).status).toBe(422)
		await app.drain()
	})

	it('says in the caller’s language why a message was not sent, also in the export and of what is paused', async () => {
		await story('A well')
		await reader('zoë@example.net')
		const { id } = (await send()).body.digest
		await app.drain()
		const because = (reply: string) =>
			sql`update deliveries set state = 'refused', reply = ${reply} where digest_id = ${id}`.execute(app.db)
		const french = { 'Accept-Language': 'fr-CA' }
		const get = (rest: string, headers = {}) => staff.call('get', `/digests/${id}${rest}`, undefined, headers)

		await because(ownReason('no_smtputf8'))
		expect((await get('/deliveries')).body.items[0].reply).toMatch(/^not sent \(5\.6\.7\): /)
		expect((await get('/deliveries', french)).body.items[0].reply).toMatch(/^non envoyé \(5\.6\.7\)\s: /)
		expect((await get('/deliveries.csv', french)).text).toContain('non envoyé (5.6.7)')
		await because('550 5.1.1 unknown')
		expect((await get('/deliveries', french)).body.items[0].reply).toBe('550 5.1.1 unknown')

		await sql`update digests set state = 'sending' where id = ${id}`.execute(app.db)
		await keepPause(
			app.db,
			{ scope: 'day', name: 'warm-up' },
			{ reason: ownReason('day_full', 50), seconds: 60 },
		)
		expect((await get('', french)).body.pauses).toMatchObject([
			{ scope: 'day', reason: 'les 50 messages que la montée en charge permet aujourd’hui sont partis' },
		])
		await sql`delete from sending_pauses`.execute(app.db)
	})

	it('has its deliveries listed by state, with addresses', async () => {
		await story('A well')
		for (const name of ['a', 'b', 'c']) await reader(`${name}@example.net`)
		const { body } = await send()
		await app.drain()
		const deliveries = (query: string) => staff.call('get', `/digests/${body.digest.id}/deliveries${query}`)
		const page = await deliveries('?state=accepted&limit=2')
		expect(page.body.items).toMatchObject([{ address: 'a@example.net', state: 'accepted', attempts: 1 }, {}])
		expect(page.headers['cache-control']).toBe('no-store')
		const rest = await deliveries(`?state=accepted&after=${page.body.next}`)
		expect(rest.body.items.map(({ address }: { address: string }) => address)).toEqual(['c@example.net'])
		expect((await deliveries('?state=refused')).body).toEqual({ items: [], next: null })
		expect((await deliveries('?state=lost')).status).toBe(422)
		expect((await staff.call('get', '/digests/999999/deliveries')).status).toBe(404)
		expect((await staff.call('get', '/digests/999999')).body.message).toBe('There is no digest 999999.')
	})
})

describe('a test digest', () => {
	it('goes to the given addresses, and its stories stay new', async () => {
		await story('A well')
		const sent = await staff.call('post', `${path}/test`, { addresses: ['me@example.net'], locale: 'en' })
		expect([sent.status, sent.body]).toEqual([
			200,
			{
				kind: 'sent',
				results: [
					{ address: 'me@example.net', locale: 'en', outcome: 'accepted', reply: expect.any(String) },
				],
			},
		])
		expect(mailsTo('me@example.net')).toHaveLength(1)
		expect((await staff.call('post', `${path}/preview`)).body.renditions).toHaveLength(1)
	})

	it('is refused without addresses, with a wrong one or too many', async () => {
		const fields = async (addresses: unknown) =>
			(await staff.call('post', `${path}/test`, { addresses })).body.fields.map(
				({ field }: { field: string }) => field,
			)
		expect(await fields([])).toEqual(['addresses'])
		expect(await fields(undefined)).toEqual(['addresses'])
		expect(await fields(['me@example.net', 'x@@y'])).toEqual(['addresses.1'])
		expect(await fields(Array(11).fill('me@example.net'))).toEqual(['addresses'])
	})

	it('says that nothing is new', async () => {
		const sent = await staff.call('post', `${path}/test`, { addresses: ['me@example.net'] })
		expect(sent.body).toEqual({ kind: 'nothing_new' })
	})
})
