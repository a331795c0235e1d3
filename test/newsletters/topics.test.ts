import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
let slug: string
let made = 0
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
})
afterAll(() => app.close())
beforeEach(async () => {
	slug = `topics-${++made}`
	await staff.call('post', '/newsletters', {
		slug,
		texts: { en: { name: 'News' }, fr: { name: 'Nouvelles' } },
		fromAddress: 'news@example.org',
	})
})

const water = { slug: 'water', texts: { en: { name: 'Water', description: 'Wells' }, fr: { name: 'Eau' } } }
const seeds = { slug: 'seeds', texts: { en: { name: 'Seeds' } } }
const path = (more = '') => `/newsletters/${slug}/topics${more}`
const add = (body: unknown) => staff.call('post', path(), body)
const slugs = async () =>
	(await staff.call('get', path())).body.items.map((topic: { slug: string }) => topic.slug)

test('Topics are added, changed, put into an order, archived and brought back, and all of that is written down', async () => {
	const added = await add(water)
	expect([added.status, added.body]).toEqual([
		201,
		{
			slug: 'water',
			position: 1,
			texts: { en: { name: 'Water', description: 'Wells' }, fr: { name: 'Eau', description: '' } },
			archivedAt: null,
		},
	])
	await add(seeds)
	const changed = await staff.call('patch', path('/water'), { texts: { en: { name: 'Clean water' } } })
	expect(changed.body.texts).toEqual({
		en: { name: 'Clean water', description: 'Wells' },
		fr: { name: 'Eau', description: '' },
	})
	await staff.call('post', `/newsletters/${slug}/topic-order`, { topics: ['seeds'] })
	expect(await slugs()).toEqual(['seeds', 'water'])

	const described = await staff.call('patch', path('/water'), {
		texts: { fr: { description: 'Les puits' } },
		archived: false,
	})
	expect(described.body.texts.fr).toEqual({ name: 'Eau', description: 'Les puits' })

	const archived = await staff.call('patch', path('/seeds'), { archived: true })
	expect(archived.body.archivedAt).toEqual(expect.any(String))
	expect((await staff.call('patch', path('/seeds'), { archived: false })).body.archivedAt).toBeNull()

	const audit = await app.db
		.selectFrom('audit_entries')
		.select(['action', 'subject'])
		.where('subject', 'like', `topic:${slug}/%`)
		.orderBy('id')
		.execute()
	expect(audit.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
		`create topic:${slug}/water`,
		`create topic:${slug}/seeds`,
		`change topic:${slug}/water`,
		`change topic:${slug}/water`,
		`change topic:${slug}/seeds`,
		`change topic:${slug}/seeds`,
	])
})

test.each([
	['a slug that is taken', { ...water, texts: { en: { name: 'Rivers' } } }, 'slug'],
	[
		'a name that readers could not tell apart',
		{ slug: 'eau', texts: { en: { name: 'Rivers' }, fr: { name: ' EAU ' } } },
		'texts.fr.name',
	],
	[
		'a language that the newsletter is not in',
		{ slug: 'x', texts: { en: { name: 'X' }, de: { name: 'Y' } } },
		'texts',
	],
	['no name in the newsletter’s own language', { slug: 'x', texts: { fr: { name: 'X' } } }, 'texts'],
	['a name of two lines', { slug: 'x', texts: { en: { name: 'X\nY' } } }, 'texts.en.name'],
	['no name at all', { slug: 'x', texts: {} }, 'texts'],
])('A topic with %s is refused at its field, and nothing is added', async (_, body, field) => {
	await add(water)
	const refused = await add(body)
	expect(refused.status).toBe(422)
	expect(refused.body.fields.map((each: { field: string }) => each.field)[0]).toContain(field)
	expect(await slugs()).toEqual(['water'])
})

test.each([
	['no text', { texts: {} }, 'texts'],
	['no text of a language', { texts: { en: {} } }, 'texts'],
	['a language that is new to it, without a name', { texts: { fr: { description: 'x' } } }, 'texts.fr.name'],
	['an empty name', { texts: { en: { name: ' ' } } }, 'texts.en.name'],
	['the name of another', { texts: { en: { name: 'wäter' } } }, 'texts.en.name'],
])('A change of a topic with %s is refused at its field', async (_, body, field) => {
	await add(water)
	await add(seeds)
	const refused = await staff.call('patch', path('/seeds'), body)
	expect([refused.status, refused.body.fields?.[0].field]).toEqual([422, field])
})

test('A topic comes back under another name where its own was given away', async () => {
	await add(water)
	await staff.call('patch', path('/water'), { archived: true })
	await add({ slug: 'rivers', texts: { en: { name: 'WATER' } } })
	const refused = await staff.call('patch', path('/water'), { archived: false })
	expect([refused.status, refused.body.fields[0].field]).toEqual([422, 'archived'])
	const renamed = { archived: false, texts: { en: { name: 'Wells' } } }
	expect((await staff.call('patch', path('/water'), renamed)).status).toBe(200)
})

test('Thirty topics are offered at most; archived ones do not count', async () => {
	for (let count = 1; count <= 30; count++) {
		expect((await add({ slug: `t${count}`, texts: { en: { name: `T ${count}` } } })).status).toBe(201)
	}
	expect((await add(water)).status).toBe(422)
	await staff.call('patch', path('/t1'), { archived: true })
	expect((await add(water)).status).toBe(201)
	const refused = await staff.call('patch', path('/t1'), { archived: false })
	expect([refused.status, refused.body.fields[0].field]).toEqual([422, 'archived'])
})

test('Stories and sources take only topics that the newsletter has, once it has any', async () => {
	const write = (topics: string[]) =>
		staff.call('post', `/newsletters/${slug}/stories`, { locale: 'en', title: 'A well', topics })
	expect((await write(['anything'])).status).toBe(201)
	await add(water)
	expect((await write(['water'])).status).toBe(201)
	const refused = await write(['watr'])
	expect(refused.status).toBe(422)
	expect(refused.body.fields[0]).toMatchObject({ field: 'topics' })
	expect(refused.body.fields[0].message).toMatch(/watr.*water/)
})

test('An archived topic is given to nothing anew, and stays where it was', async () => {
	await add(water)
	await add(seeds)
	const post = (what: string, body: object) => staff.call('post', `/newsletters/${slug}/${what}`, body)
	const story = await post('stories', { locale: 'en', title: 'A well', topics: ['water'] })
	const feed = { url: 'https://feeds.example.org/a', locale: 'en', topics: ['water'] }
	const source = await post('sources', feed)
	await staff.call('patch', path('/water'), { archived: true })

	const refused = [
		await post('stories', { locale: 'en', title: 'Another', topics: ['water'] }),
		await post('sources', { ...feed, url: 'https://feeds.example.org/b' }),
		await post('topic-rules', { topic: 'water', category: 'x' }),
		await post('topic-rules/preview', { topic: 'water', category: 'x' }),
	]
	for (const { status, body } of refused) {
		expect([status, body.fields[0].message]).toEqual([422, expect.stringContaining('rchived')])
	}
	const both = { topics: ['water', 'seeds'] }
	expect((await staff.call('patch', `/stories/${story.body.id}`, both)).body.topics).toEqual(both.topics)
	expect((await staff.call('patch', `/sources/${source.body.id}`, both)).body.topics).toEqual(both.topics)
	await staff.call('patch', `/stories/${story.body.id}`, { topics: ['seeds'] })
	expect((await staff.call('patch', `/stories/${story.body.id}`, both)).status).toBe(422)
})

test('A rule is tried on the newest stories before it is made, and names what is wrong with it', async () => {
	await add(water)
	for (const [title, categories] of [
		['A well', ['Eau Potable']],
		['A school', ['Écoles']],
	] as const) {
		await staff.call('post', `/newsletters/${slug}/stories`, { locale: 'en', title, categories })
	}
	const rules = `/newsletters/${slug}/topic-rules`
	const rule = { topic: 'water', category: 'eau  potable' }
	const preview = await staff.call('post', `${rules}/preview`, rule)
	expect(preview.body).toMatchObject({ lookedAt: 2, matching: [{ title: 'A well' }] })
	expect((await staff.call('get', rules)).body.items).toEqual([])

	const made = await staff.call('post', rules, rule)
	expect([made.status, made.body.category]).toEqual([201, 'eau potable'])
	expect((await staff.call('post', rules, { ...rule, category: 'EAU POTABLE' })).status).toBe(409)
	for (const at of [rules, `${rules}/preview`]) {
		const tryWith = async (changes: object) =>
			(await staff.call('post', at, { ...rule, ...changes })).body.fields?.[0].field
		expect(await tryWith({ topic: 'fire' })).toBe('topic')
		expect(await tryWith({ sourceId: 99_999 })).toBe('sourceId')
		expect(await tryWith({ category: '\u0301' })).toBe('category')
	}
	expect((await staff.call('delete', `${rules}/${made.body.id}`)).status).toBe(204)
	expect((await staff.call('delete', `${rules}/${made.body.id}`)).status).toBe(404)
})
