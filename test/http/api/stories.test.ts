import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveFeed } from '../../stories/serve-feed.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	app = await startTestApp({ config: { feedAllowedHosts: ['127.0.0.1'] } })
	staff = await staffOf(app)
	const texts = { en: { name: 'News' }, fr: { name: 'Nouvelles' } }
	await staff.call('post', '/newsletters', { slug: 'news', texts, fromAddress: 'news@example.org' })
})
afterAll(() => app?.close())

describe('sources over the staff API', () => {
	it('are added, read at once, polled again, changed and removed', async () => {
		const feed = await serveFeed({ guid: '1', title: 'One' }, { guid: '2', title: 'Two' })
		const added = await staff.call('post', '/newsletters/news/sources', {
			url: feed.url,
			locale: 'en',
			includeLatest: 1,
		})
		expect(added.status).toBe(201)
		await app.drain()
		const stories = async () => (await staff.call('get', '/newsletters/news/stories')).body.items
		expect((await stories()).map(({ state }: { state: string }) => state).sort()).toEqual(['backlog', 'new'])

		feed.entries.push({ guid: '3', title: 'Three' })
		expect((await staff.call('post', `/sources/${added.body.id}/poll`)).status).toBe(202)
		await app.drain()
		expect(await stories()).toHaveLength(3)

		const paused = await staff.call('patch', `/sources/${added.body.id}`, {
			state: 'paused',
			topics: ['water'],
		})
		expect(paused.body).toMatchObject({ state: 'paused', topics: ['water'], problem: null })
		expect((await staff.call('get', '/newsletters/news/sources')).body.items).toEqual([paused.body])
		expect((await staff.call('delete', `/sources/${added.body.id}`)).status).toBe(204)
		expect((await staff.call('get', '/newsletters/news/sources')).body.items).toEqual([])
		expect((await staff.call('delete', `/sources/${added.body.id}`)).status).toBe(404)
	})

	it('say why they could not be read', async () => {
		const feed = await serveFeed()
		feed.answer = { status: 500 }
		const { body } = await staff.call('post', '/newsletters/news/sources', { url: feed.url, locale: 'fr' })
		await app.drain()
		const [source] = (await staff.call('get', '/newsletters/news/sources')).body.items
		expect(source).toMatchObject({ id: body.id, problem: 'status', failures: 1 })
		await staff.call('delete', `/sources/${body.id}`)
	})

	it.each([
		[{ url: 'file:///etc/passwd', locale: 'en' }, 'url'],
		[{ url: 'https://user:word@example.org/feed', locale: 'en' }, 'url'],
		[{ url: 'https://example.org/feed', locale: 'de' }, 'locale'],
		[{ url: 'https://example.org/feed' }, 'locale'],
		[{ url: 'https://example.org/feed', locale: 'e\u0000n' }, 'locale'],
		[{ url: 'https://example.org/feed', locale: 'en', includeLatest: 101 }, 'includeLatest'],
		[{ url: 'https://example.org/feed', locale: 'en', state: 'active' }, 'state'],
	])('are refused for bad input: %j', async (body, field) => {
		const refused = await staff.call('post', '/newsletters/news/sources', body)
		expect(refused.status).toBe(422)
		expect(refused.body.fields.map((each: { field: string }) => each.field)).toEqual([field])
	})
})

describe('stories over the staff API', () => {
	const write = (body: object) => staff.call('post', '/newsletters/news/stories', body)

	it('are written, shown, changed and hidden', async () => {
		const written = await write({ locale: 'en', title: 'By hand', link: 'https://example.org/hand' })
		expect(written.status).toBe(201)
		expect(written.headers.location).toBe(`/api/v1/stories/${written.body.id}`)
		const one = `/stories/${written.body.id}`
		expect((await staff.call('get', one)).body).toEqual(written.body)
		const changed = await staff.call('patch', one, { title: 'Better', hidden: true })
		expect(changed.body).toMatchObject({ title: 'Better', state: 'hidden', editedAt: expect.any(String) })
		const hidden = await staff.call('get', '/newsletters/news/stories?state=hidden')
		expect(hidden.body.items).toEqual([changed.body])
		expect((await write({ locale: 'en', title: 'Again', link: 'https://example.org/hand' })).status).toBe(409)
	})

	it('are linked to their translations, and by themselves again', async () => {
		const [en, fr] = await Promise.all([
			write({ locale: 'en', title: 'A well' }),
			write({ locale: 'fr', title: 'Un puits' }),
		])
		const linked = await staff.call('post', '/stories/translations', { storyIds: [en.body.id, fr.body.id] })
		expect(linked.status).toBe(200)
		expect((await staff.call('get', `/stories/${en.body.id}`)).body.translations).toEqual([
			{ id: fr.body.id, locale: 'fr' },
		])
		expect((await staff.call('delete', `/stories/${en.body.id}/translations`)).body.translations).toEqual([])
		expect((await staff.call('post', '/stories/translations', { storyIds: [en.body.id] })).status).toBe(422)
		expect((await staff.call('post', '/stories/translations', { storyIds: [en.body.id, 9e9] })).status).toBe(
			404,
		)
	})

	it.each([
		[{ locale: 'en' }, 'title'],
		[{ locale: 'en', title: 'Two\nlines' }, 'title'],
		[{ locale: 'en', title: 'x', link: 'javascript:alert(1)' }, 'link'],
		[{ locale: 'en', title: 'x', publishedAt: 'yesterday' }, 'publishedAt'],
		[{ locale: 'en', title: 'x', html: '<b>' }, 'html'],
	])('are refused for bad input: %j', async (body, field) => {
		const refused = await write(body)
		expect(refused.status).toBe(422)
		expect(refused.body.fields.map((each: { field: string }) => each.field)).toEqual([field])
	})

	it('that are not there are not found', async () => {
		expect((await staff.call('get', '/stories/999999')).status).toBe(404)
		expect((await staff.call('patch', '/stories/999999', { hidden: true })).status).toBe(404)
		expect((await staff.call('get', '/newsletters/nowhere/stories')).status).toBe(404)
		expect((await staff.call('get', '/newsletters/news/stories?locale=e%00n')).status).toBe(422)
		expect((await staff.call('get', '/newsletters/news/stories?after=%00')).status).toBe(422)
	})
})
