import { describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import {
	changeStory,
	findDueSources,
	getSource,
	pollSource,
	removeSource,
	type Story,
	writeStory,
} from '../../src/stories/index.ts'
import { type FeedEntry, serveFeed } from './serve-feed.ts'
import { putInDigest, storyFixture, useStories } from './story-fixture.ts'

useStories()

const entry = (n: number, more: Partial<FeedEntry> = {}): FeedEntry => ({
	guid: `id-${n}`,
	link: `https://charity.test/stories/${n}`,
	title: `Story ${n}`,
	...more,
})
const titles = (stories: Story[]) => stories.map(({ title }) => title).sort()

describe('the first poll of a source', () => {
	it('keeps what it finds as backlog, and what comes later as new', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed(entry(1), entry(2))
		const source = await add(feed.url)
		expect(await poll(source.id)).toEqual({ kind: 'read', fresh: 0, backlog: 2, edited: 0 })
		expect(titles(await list({ state: 'backlog' }))).toEqual(['Story 1', 'Story 2'])

		feed.entries.unshift(entry(3))
		expect(await poll(source.id)).toEqual({ kind: 'read', fresh: 1, backlog: 0, edited: 0 })
		expect(titles(await list({ state: 'new' }))).toEqual(['Story 3'])
	})

	it('takes as many of the newest as staff ask for', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed(
			entry(1, { date: '2026-01-01T00:00:00Z' }),
			entry(3, { date: '2026-03-01T00:00:00Z' }),
			entry(2, { date: '2026-02-01T00:00:00Z' }),
		)
		const source = await add(feed.url, { includeLatest: 2 })
		expect(await poll(source.id)).toMatchObject({ fresh: 2, backlog: 1 })
		expect(titles(await list({ state: 'new' }))).toEqual(['Story 2', 'Story 3'])
	})

	it('that fails is not the first read', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed(entry(1))
		feed.answer = { status: 500 }
		const source = await add(feed.url)
		expect(await poll(source.id)).toEqual({ kind: 'failed', reason: 'status' })
		feed.answer = undefined
		await poll(source.id)
		await poll(source.id)
		expect(titles(await list({ state: 'backlog' }))).toEqual(['Story 1'])
	})

	it('of an empty feed is the first read', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed()
		const source = await add(feed.url)
		await poll(source.id)
		feed.entries.push(entry(1))
		await poll(source.id)
		expect(titles(await list({ state: 'new' }))).toEqual(['Story 1'])
	})
})

describe('a story that is there already', () => {
	it('is changed in place by its source and never becomes new again', async () => {
		const { add, poll, list, newsletter } = await storyFixture()
		const feed = await serveFeed()
		const source = await add(feed.url)
		await poll(source.id)
		feed.entries = [entry(1, { date: '2026-01-01T00:00:00Z' })]
		await poll(source.id)
		await putInDigest(newsletter, await list())

		feed.entries = [entry(1, { title: 'Story 1, corrected', summary: 'More', date: '2026-11-01T00:00:00Z' })]
		expect(await poll(source.id)).toEqual({ kind: 'read', fresh: 0, backlog: 0, edited: 1 })
		expect(await list()).toMatchObject([
			{ state: 'mailed', title: 'Story 1, corrected', summary: 'More', publishedAt: new Date('2026-01-01') },
		])
	})

	it('is known by its link where its id has changed, over http and https, with www and tracking', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed(entry(1, { link: 'http://charity.test/a/' }))
		const source = await add(feed.url)
		await poll(source.id)
		feed.entries = [entry(9, { link: 'https://www.charity.test/a?utm_source=rss' })]
		expect(await poll(source.id)).toMatchObject({ fresh: 0 })
		expect(await list()).toMatchObject([
			{ title: 'Story 9', link: 'https://www.charity.test/a?utm_source=rss' },
		])
		feed.entries = [entry(9, { link: 'https://charity.test/moved' })]
		expect(await poll(source.id)).toMatchObject({ fresh: 0, edited: 1 })
	})

	it('is told apart by its id where several items have one link', async () => {
		const { add, poll, list } = await storyFixture()
		const link = 'https://charity.test/releases'
		const feed = await serveFeed(entry(1, { link }))
		const source = await add(feed.url, { includeLatest: 1 })
		await poll(source.id)
		feed.entries.unshift(entry(2, { link }))
		expect(await poll(source.id)).toMatchObject({ fresh: 1 })
		expect(titles(await list())).toEqual(['Story 1', 'Story 2'])
	})

	it('is not told by the front page of a site', async () => {
		const { add, poll } = await storyFixture()
		const feed = await serveFeed(entry(1, { link: 'https://charity.test/' }))
		const source = await add(feed.url)
		await poll(source.id)
		feed.entries = [entry(2, { link: 'https://charity.test' })]
		expect(await poll(source.id)).toMatchObject({ fresh: 1 })
	})

	it('is known by its title where it has neither id nor link', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed({ title: 'Only words' }, { summary: 'No title, but a summary' }, {})
		const source = await add(feed.url)
		await poll(source.id)
		feed.entries.unshift({ title: 'Other words' })
		expect(await poll(source.id)).toMatchObject({ fresh: 1, edited: 0 })
		expect(titles(await list())).toEqual(['No title, but a summary', 'Only words', 'Other words'])
	})

	it('is kept once where two sources of a language have it; only its own source changes it', async () => {
		const { add, poll, list } = await storyFixture()
		const main = await serveFeed(entry(1))
		const category = await serveFeed(entry(8, { link: entry(1).link, title: 'Rewritten' }), entry(2))
		const first = await add(main.url)
		const second = await add(category.url)
		await poll(first.id)
		expect(await poll(second.id)).toMatchObject({ backlog: 1, edited: 0 })
		expect(titles(await list())).toEqual(['Story 1', 'Story 2'])
		category.entries = [entry(8, { link: entry(1).link, title: 'Rewritten again' })]
		expect(await poll(second.id)).toMatchObject({ fresh: 0, edited: 0 })
	})

	it('is not overwritten by another that comes with its id, mailed or not', async () => {
		const { add, poll, list, newsletter } = await storyFixture()
		const only = (n: number) => entry(n, { guid: 'N/A', date: `2026-11-0${n}T10:00:00Z` })
		const feed = await serveFeed()
		const source = await add(feed.url)
		await poll(source.id)
		feed.entries = [only(1)]
		expect(await poll(source.id)).toMatchObject({ fresh: 1 })
		await putInDigest(newsletter, await list())
		for (const n of [2, 3]) {
			feed.entries = [only(n)]
			expect(await poll(source.id)).toEqual({ kind: 'read', fresh: 1, backlog: 0, edited: 0 })
			feed.entries = [{ ...only(n), summary: 'More of it' }]
			expect(await poll(source.id)).toEqual({ kind: 'read', fresh: 0, backlog: 0, edited: 1 })
		}
		feed.entries = [only(3), only(2), only(1)]
		expect(await poll(source.id)).toMatchObject({ fresh: 0 })
		expect(titles(await list())).toEqual(['Story 1', 'Story 2', 'Story 3'])
		expect(titles(await list({ state: 'mailed' }))).toEqual(['Story 1'])
	})

	it('is the same when its site has moved, and its ids with it', async () => {
		const { add, poll, list } = await storyFixture()
		const at = (host: string, path: string) =>
			[1, 2].map((n) =>
				entry(n, { guid: `${host}/?p=${n}`, link: `${host}${path}${n}`, date: `2026-11-0${n}T10:00:00Z` }),
			)
		const feed = await serveFeed(...at('http://charity.test', '/news/'))
		const source = await add(feed.url, { includeLatest: 2 })
		await poll(source.id)
		feed.entries = at('https://charity.example', '/2026/')
		expect(await poll(source.id)).toMatchObject({ fresh: 0, edited: 2 })
		expect((await list()).map(({ link }) => link).sort()).toEqual([
			'https://charity.example/2026/1',
			'https://charity.example/2026/2',
		])
	})

	it('is not rewritten by a worse reading', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed(entry(1, { title: 'L’été à Nîmes', summary: 'Où ça' }))
		const source = await add(feed.url)
		await poll(source.id)
		feed.entries = [entry(1, { title: 'L\ufffdété à Nîmes', summary: 'OÃ¹ Ã§a' })]
		expect(await poll(source.id)).toMatchObject({ edited: 0 })
		feed.entries = [entry(1, { title: 'L’été à Nîmes, enfin', summary: 'OÃ¹ Ã§a' })]
		expect(await poll(source.id)).toMatchObject({ edited: 1 })
		expect(await list()).toMatchObject([{ title: 'L’été à Nîmes, enfin', summary: 'Où ça' }])
	})

	it('is two where its sources are in two languages', async () => {
		const { add, poll, list } = await storyFixture()
		const [english, french] = [await serveFeed(entry(1)), await serveFeed(entry(1))]
		await poll((await add(english.url)).id)
		await poll((await add(french.url, { locale: 'fr' })).id)
		expect((await list()).map(({ locale }) => locale).sort()).toEqual(['en', 'fr'])
	})

	it('keeps what staff wrote over it', async () => {
		const { deps, add, poll, list } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		await poll(source.id)
		const [story] = await list()
		await changeStory(deps, { storyId: story?.id ?? 0, changes: { title: 'In our words' } }, operator)
		feed.entries = [entry(1, { title: 'In their words' })]
		expect(await poll(source.id)).toMatchObject({ edited: 0 })
		expect(titles(await list())).toEqual(['In our words'])
	})

	it('that staff wrote is not repeated by a feed with its link', async () => {
		const { deps, add, poll, list, newsletter } = await storyFixture()
		const { link } = entry(1)
		await writeStory(deps, { newsletterId: newsletter.id, locale: 'en', title: 'By hand', link }, operator)
		const feed = await serveFeed(entry(1))
		expect(await poll((await add(feed.url)).id)).toMatchObject({ backlog: 0, edited: 0 })
		expect(titles(await list())).toEqual(['By hand'])
	})

	it('stays hidden when its source changes it', async () => {
		const { deps, add, poll, list } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url, { includeLatest: 1 })
		await poll(source.id)
		const [story] = await list()
		await changeStory(deps, { storyId: story?.id ?? 0, changes: { hidden: true } }, operator)
		feed.entries = [entry(1, { title: 'Changed' })]
		await poll(source.id)
		expect(await list({ state: 'hidden' })).toMatchObject([{ title: 'Changed' }])
	})

	it('is not mailed again when its source is removed and added anew', async () => {
		const { deps, add, poll, list, newsletter } = await storyFixture()
		const feed = await serveFeed({ guid: 'urn:one', title: 'Without link' }, entry(2), entry(3))
		const source = await add(feed.url, { includeLatest: 3 })
		await poll(source.id)
		await putInDigest(
			newsletter,
			(await list()).filter(({ title }) => title !== 'Story 3'),
		)
		await removeSource(deps, { sourceId: source.id }, operator)
		expect(titles(await list())).toEqual(['Story 2', 'Without link'])

		await poll((await add(feed.url, { includeLatest: 3 })).id)
		expect(titles(await list({ state: 'mailed' }))).toEqual(['Story 2', 'Without link'])
		expect(titles(await list({ state: 'new' }))).toEqual(['Story 3'])
	})
})

describe('dates', () => {
	it('that a feed has none of, or that are in the future, are the time of the first sight', async () => {
		const { add, poll, list, clock } = await storyFixture()
		const future = new Date(clock.now().getTime() + 30 * 86_400_000)
		const feed = await serveFeed(entry(1), entry(2, { date: future }))
		const source = await add(feed.url)
		await poll(source.id)
		const seen = clock.now()
		await poll(source.id)
		for (const { publishedAt, firstSeenAt } of await list()) {
			expect({ publishedAt, firstSeenAt }).toEqual({ publishedAt: seen, firstSeenAt: seen })
		}
	})

	it('that are missing or can’t be read are those of the neighbours, and never the newest', async () => {
		const { deps, add, poll, list } = await storyFixture()
		const feed = await serveFeed(
			entry(1, { date: 'one fine day' }),
			entry(2, { date: '2026-03-02T00:00:00Z' }),
			entry(3, { date: '24 Foo 2026' }),
			entry(4, { date: '2026-03-01T00:00:00Z' }),
			entry(5),
		)
		const source = await add(feed.url)
		await poll(source.id)
		const dated = (await list()).map(({ title, publishedAt }) => `${title} ${publishedAt.toISOString()}`)
		expect(dated.sort()).toEqual([
			'Story 1 2026-03-01T23:59:59.000Z',
			'Story 2 2026-03-02T00:00:00.000Z',
			'Story 3 2026-03-01T00:00:00.000Z',
			'Story 4 2026-03-01T00:00:00.000Z',
			'Story 5 2026-02-28T23:59:59.000Z',
		])
		expect((await getSource(deps, { sourceId: source.id })).unreadDate).toBe('one fine day')

		feed.entries = [entry(2, { date: '2026-03-02T00:00:00Z' })]
		await poll(source.id)
		expect((await getSource(deps, { sourceId: source.id })).unreadDate).toBeNull()
	})

	it('that can’t be read in a whole feed make none of its stories pass for new', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed(entry(1, { date: 'soon' }))
		await poll((await add(feed.url, { includeLatest: 1 })).id)
		expect(await list()).toMatchObject([{ publishedAt: new Date(0) }])
	})
})

describe('a poll', () => {
	it('takes over topics, image, author and categories', async () => {
		const { add, poll, list } = await storyFixture()
		const feed = await serveFeed(
			entry(1, { image: 'https://charity.test/a.jpg', summary: '&lt;p&gt;Text&lt;/p&gt;' }),
		)
		await poll((await add(feed.url, { topics: ['water'] })).id)
		expect(await list()).toMatchObject([
			{ topics: ['water'], imageUrl: 'https://charity.test/a.jpg', summary: 'Text' },
		])
	})

	it('is conditional: an unchanged feed is not read again', async () => {
		const { add, poll } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		await poll(source.id)
		expect(await poll(source.id)).toEqual({ kind: 'unchanged' })
		expect(feed.requests.map(({ etag }) => etag === undefined)).toEqual([true, false])
	})

	it('comes when the source is due, and once', async () => {
		const { deps, add, clock } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		expect(await findDueSources(deps)).toContain(source.id)
		const both = await Promise.all([
			pollSource(deps, { sourceId: source.id }),
			pollSource(deps, { sourceId: source.id }),
		])
		expect(both.map(({ kind }) => kind).sort()).toEqual(['read', 'skipped'])
		expect(await findDueSources(deps)).not.toContain(source.id)
		expect(await pollSource(deps, { sourceId: source.id })).toEqual({ kind: 'skipped' })
		expect(feed.requests).toHaveLength(1)
		clock.advance({ seconds: 15 * 60 })
		expect(await findDueSources(deps)).toContain(source.id)
	})

	it('that died is made up for', async () => {
		const { deps, add, clock } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		const dying = { ...deps, fetchFeed: () => Promise.reject(new Error('killed')) }
		await expect(pollSource(dying, { sourceId: source.id })).rejects.toThrow('killed')
		expect(await findDueSources(deps)).not.toContain(source.id)
		clock.advance({ seconds: 11 * 60 })
		expect(await findDueSources(deps)).toContain(source.id)
	})

	it('of a source that is removed meanwhile keeps nothing', async () => {
		const { deps, add, list } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		const slow: typeof deps.fetchFeed = async (...args) => {
			const fetched = await deps.fetchFeed(...args)
			await removeSource(deps, { sourceId: source.id }, operator)
			return fetched
		}
		expect(await pollSource({ ...deps, fetchFeed: slow }, { sourceId: source.id })).toEqual({
			kind: 'skipped',
		})
		expect(await list()).toEqual([])
	})

	it('that fails says why in the source, and waits longer each time', async () => {
		const { deps, add, poll, clock } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		feed.answer = { status: 403 }
		await poll(source.id)
		const failed = await getSource(deps, { sourceId: source.id })
		expect(failed).toMatchObject({
			failures: 1,
			problem: 'status',
			problemDetail: 'HTTP 403',
			state: 'active',
		})
		expect(failed.nextPollAt.getTime() - clock.now().getTime()).toBe(30 * 60_000)
		feed.answer = undefined
		clock.advance({ hours: 1 })
		await poll(source.id)
		expect(await getSource(deps, { sourceId: source.id })).toMatchObject({
			failures: 0,
			problem: null,
			problemDetail: null,
		})
	})

	it('that is answered with 410 is the last', async () => {
		const { deps, add, poll } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		feed.answer = { status: 410 }
		expect(await poll(source.id)).toEqual({ kind: 'gone' })
		expect(await getSource(deps, { sourceId: source.id })).toMatchObject({ state: 'gone', problem: 'gone' })
		expect(await poll(source.id)).toEqual({ kind: 'skipped' })
	})

	it('follows a permanent move after it was seen three times', async () => {
		const { deps, add, poll } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		feed.answer = { status: 301, headers: { location: '/new-feed' } }
		await poll(source.id)
		await poll(source.id)
		expect((await getSource(deps, { sourceId: source.id })).url).toBe(feed.url)
		await poll(source.id)
		expect((await getSource(deps, { sourceId: source.id })).url).toBe(feed.url.replace('/feed', '/new-feed'))
		feed.requests.length = 0
		expect(await poll(source.id)).toEqual({ kind: 'unchanged' })
		expect(feed.requests.map(({ path }) => path)).toEqual(['/new-feed'])
	})

	it('stays where it is if the newsletter has a source at the new address', async () => {
		const { deps, add, poll } = await storyFixture()
		const feed = await serveFeed(entry(1))
		const source = await add(feed.url)
		await add(feed.url.replace('/feed', '/new-feed'))
		feed.answer = { status: 301, headers: { location: '/new-feed' } }
		for (let times = 0; times < 4; times++) await poll(source.id)
		expect(await getSource(deps, { sourceId: source.id })).toMatchObject({ url: feed.url, problem: null })
	})
})
