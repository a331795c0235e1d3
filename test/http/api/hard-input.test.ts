import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
let sourceId: number
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
	const texts = { en: { name: 'News' } }
	await staff.call('post', '/newsletters', { slug: 'news', texts, fromAddress: 'news@example.org' })
	const source = { url: 'https://example.org/feed', locale: 'en' }
	sourceId = (await staff.call('post', '/newsletters/news/sources', source)).body.id
})
afterAll(() => app?.close())

const hash = 'x'.repeat(43)

describe('a change of nothing', () => {
	it('leaves a source, a story and a newsletter as they are', async () => {
		const before = (await staff.call('get', '/newsletters/news/sources')).body.items[0]
		const source = await staff.call('patch', `/sources/${sourceId}`, {})
		expect([source.status, source.body]).toEqual([200, before])
		const story = await staff.call('post', '/newsletters/news/stories', { locale: 'en', title: 'A well' })
		const unchanged = await staff.call('patch', `/stories/${story.body.id}`, {})
		expect([unchanged.status, unchanged.body]).toEqual([200, story.body])
		expect((await staff.call('patch', '/newsletters/news', {})).status).toBe(200)
	})
})

describe('text that no database holds', () => {
	it.each([
		'/bounces?domain=a%00b',
		'/bounces?via=%00',
		'/newsletters/news/stories?after=%00',
		'/newsletters/news/form?locale=%00',
		'/suppressions?after=%00',
	])('is refused by its name in the query of %s', async (path) => {
		const { status, body } = await staff.call('get', path)
		const name = /\?(\w+)=/.exec(path)?.[1]
		expect([status, body.fields]).toEqual([422, [{ field: name, message: expect.any(String) }]])
	})

	it.each([
		['/newsletters/news', 'logoUrl', 'https://example.org/a\0.png'],
		['/newsletters/news', 'logoUrl', 'https://example.org/\ud800.png'],
		['/newsletters/news', 'texts', { en: { name: 'a\0b' } }],
		['/newsletters/news', 'listIdDomain', 'a\0.example.org'],
	])('is refused in the body of a change of %s: %s', async (path, field, value) => {
		const { status, body } = await staff.call('patch', path, { [field]: value })
		expect([status, body.fields?.[0]?.field]).toEqual([422, expect.stringContaining(field)])
	})

	it('leads nowhere in the path', async () => {
		expect((await staff.call('get', '/newsletters/a%00b')).status).toBe(404)
		expect((await staff.call('get', '/newsletters/a%00b/sources')).status).toBe(404)
	})

	it('keeps nobody from leaving or reading: strangers are understood as far as can be', async () => {
		await app.request.get('/newsletters/news/en?locale=%00').expect(200)
		await app.request.get('/confirm/%00').expect(404)
		await app.request.post('/unsubscribe/a%00?locale=%00').expect(404)
		const signUp = app.request.post('/newsletters/news/subscriptions').type('form')
		const { text } = await signUp.send('email=a%00b%40example.org&locale=%00&started=%00').expect(422)
		expect(text).toContain('<form')
		const json = await app.request
			.post('/api/v1/newsletters/news/subscriptions')
			.send({ email: 'a\0b@example.org', locale: '\0' })
		expect([json.status, json.body.fields?.[0]?.field]).toEqual([422, 'email'])
		const taken = app.request.post('/newsletters/news/subscriptions').type('form')
		await taken.send('email=ada%40example.org&locale=%00&started=%00&wording=%00').expect(200)
	})
})

describe('a date far out', () => {
	it.each([
		['/suppressions', `after=999999999999999_${hash}`],
		['/suppressions', `after=253402300800000_${hash}`],
		['/suppressions.csv', `after=999999999999999_${hash}`],
		['/newsletters/news/stories', 'after=-999999999999999_1'],
		['/newsletters/news/stories', 'after=999999999999999_1'],
	])('is refused: %s?%s', async (path, query) => {
		const { status } = await staff.call('get', `${path}?${query}`)
		expect(status).toBe(422)
	})

	it('is refused where a story is written, with the year in words', async () => {
		for (const publishedAt of ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+12:00']) {
			const wish = { locale: 'en', title: 'Old', publishedAt }
			const { status, body } = await staff.call('post', '/newsletters/news/stories', wish)
			expect([status, body.fields]).toEqual([
				422,
				[{ field: 'publishedAt', message: expect.stringContaining('9999') }],
			])
		}
		const oldest = { locale: 'en', title: 'Old', publishedAt: '0001-01-01T00:00:00Z' }
		expect((await staff.call('post', '/newsletters/news/stories', oldest)).status).toBe(201)
	})

	it('makes one line of an import unusable, not the rest', async () => {
		const table = [
			'address,since',
			'a@example.org,-271821-04-20T00:00:00Z',
			'b@example.org,+275760-09-13T00:00:00Z',
			'c@example.org,2024-05-01T09:00:00Z',
		].join('\n')
		const { status, body } = await app.request
			.post('/api/v1/suppressions/import')
			.set({ Authorization: `Bearer ${staff.key}`, 'Content-Type': 'text/csv' })
			.send(table)
		expect([status, body]).toEqual([200, expect.objectContaining({ added: 1, refusedCount: 2 })])
	})
})

describe('a method that a path does not take', () => {
	it.each([
		['get', '/stories/translations', 'POST, OPTIONS'],
		['patch', '/stories/translations', 'POST, OPTIONS'],
		['get', '/bounces/reports', 'POST, OPTIONS'],
		['post', '/bounces/domains', 'GET, HEAD, OPTIONS'],
		['delete', '/stories/1', 'GET, PATCH, HEAD, OPTIONS'],
	] as const)('is refused with those that it takes: %s %s', async (method, path, allowed) => {
		const { status, headers } = await staff.call(method, path)
		expect([status, headers.allow]).toEqual([405, allowed])
	})
})
