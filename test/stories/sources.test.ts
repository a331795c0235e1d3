import { expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import {
	changeSource,
	getSource,
	listSources,
	pollSource,
	pollSourceNow,
	removeSource,
	sourceChanges,
	sourceInput,
} from '../../src/stories/index.ts'
import { serveFeed } from './serve-feed.ts'
import { storyFixture, useStories } from './story-fixture.ts'

useStories()

it('adds, lists and finds sources', async () => {
	const { deps, add, newsletter } = await storyFixture()
	const first = await add('https://charity.test/feed', { topics: ['water'] })
	const second = await add('https://charity.test/fil', { locale: 'fr' })
	expect(first).toMatchObject({
		state: 'active',
		locale: 'en',
		topics: ['water'],
		includeLatest: 0,
		failures: 0,
	})
	expect(await listSources(deps, { newsletterId: newsletter.id })).toEqual([first, second])
	expect(await getSource(deps, { sourceId: second.id })).toEqual(second)
})

it('refuses a feed that the newsletter has, and a language that it lacks', async () => {
	const { deps, add } = await storyFixture()
	const { id } = await add('https://charity.test/feed')
	await expect(add('https://charity.test/feed')).rejects.toMatchObject({
		code: 'conflict',
		message: 'errors.source.exists',
	})
	await expect(add('https://charity.test/de', { locale: 'de' })).rejects.toMatchObject({
		code: 'invalid',
		fields: [{ field: 'locale', message: 'errors.source.locale', params: { locales: 'en, fr' } }],
	})
	await add('https://charity.test/other')
	const changes = { url: 'https://charity.test/other' }
	await expect(changeSource(deps, { sourceId: id, changes }, operator)).rejects.toMatchObject({
		code: 'conflict',
	})
})

it('lets one of several have a URL that they ask for at the same moment', async () => {
	for (let round = 0; round < 10; round++) {
		const { deps, add } = await storyFixture()
		const known = await Promise.all(['a', 'b', 'c', 'd'].map((name) => add(`https://charity.test/${name}`)))
		const url = 'https://charity.test/new'
		const asked = await Promise.allSettled([
			...known.map(({ id }) => changeSource(deps, { sourceId: id, changes: { url } }, operator)),
			add(url),
		])
		const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
		expect(refused).toEqual(Array(4).fill('conflict'))
	}
})

it.each(['getSource', 'removeSource', 'pollSourceNow'] as const)(
	'%s says that there is no such source',
	async (name) => {
		const { deps } = await storyFixture()
		const actions = { getSource, removeSource, pollSourceNow }
		await expect(actions[name](deps, { sourceId: 999_999 }, operator)).rejects.toMatchObject({
			code: 'not_found',
			message: 'errors.source.not_found',
		})
	},
)

it('reads a source at another address as a new one: what it holds is backlog', async () => {
	const { deps, add, poll, list } = await storyFixture()
	const [old, moved] = [
		await serveFeed(),
		await serveFeed({ guid: 'a', title: 'A' }, { guid: 'b', title: 'B' }),
	]
	const source = await add(old.url)
	await poll(source.id)
	const changed = await changeSource(
		deps,
		{
			sourceId: source.id,
			changes: { url: moved.url, includeLatest: 1 },
		},
		operator,
	)
	expect(changed).toMatchObject({ url: moved.url, firstReadAt: null })
	expect(await pollSource(deps, { sourceId: source.id })).toMatchObject({ fresh: 1, backlog: 1 })
	expect(moved.requests).toEqual([{ path: '/feed', etag: undefined }])
	expect(await list()).toHaveLength(2)
})

it('gives another language to the stories that were not mailed', async () => {
	const { deps, add, poll, list } = await storyFixture()
	const feed = await serveFeed({ guid: 'a', title: 'Le puits' })
	const source = await add(feed.url)
	await poll(source.id)
	await changeSource(deps, { sourceId: source.id, changes: { locale: 'fr' } }, operator)
	expect(await list({ locale: 'fr' })).toMatchObject([{ title: 'Le puits' }])
})

it('pauses a source, and polls it at once when it goes on', async () => {
	const { deps, add, poll } = await storyFixture()
	const feed = await serveFeed({ guid: 'a', title: 'A' })
	const source = await add(feed.url)
	await changeSource(deps, { sourceId: source.id, changes: { state: 'paused' } }, operator)
	expect(await poll(source.id)).toEqual({ kind: 'skipped' })
	await expect(pollSourceNow(deps, { sourceId: source.id }, operator)).rejects.toMatchObject({
		code: 'conflict',
		message: 'errors.source.not_active',
	})
	await changeSource(deps, { sourceId: source.id, changes: { state: 'active' } }, operator)
	expect(await pollSource(deps, { sourceId: source.id })).toMatchObject({ kind: 'read' })
})

it('polls a source before it is due where staff ask for it', async () => {
	const { deps, add, poll } = await storyFixture()
	const feed = await serveFeed({ guid: 'a', title: 'A' })
	const source = await add(feed.url)
	await poll(source.id)
	expect(await pollSource(deps, { sourceId: source.id })).toEqual({ kind: 'skipped' })
	await pollSourceNow(deps, { sourceId: source.id }, operator)
	expect(await pollSource(deps, { sourceId: source.id })).toEqual({ kind: 'unchanged' })
})

it('takes the input of staff, and nothing else', () => {
	expect(sourceInput.parse({ url: ' HTTPS://Charity.test ', locale: 'en', topics: ['a', 'a'] })).toEqual({
		url: 'https://charity.test/',
		locale: 'en',
		topics: ['a'],
	})
	for (const url of [
		'',
		'feed',
		'ftp://a.test',
		'javascript:alert(1)',
		'https://a:b@c.test',
		`https://a.test/${'x'.repeat(2000)}`,
	]) {
		expect(sourceInput.safeParse({ url, locale: 'en' }).success).toBe(false)
	}
	expect(sourceInput.safeParse({ url: 'https://a.test', locale: 'en', more: 1 }).success).toBe(false)
	expect(sourceChanges.safeParse({ state: 'gone' }).success).toBe(false)
	expect(sourceChanges.safeParse({ topics: ['a\nb'] }).success).toBe(false)
	expect(sourceChanges.parse({})).toEqual({})
})
