import { expect, it } from 'vitest'
import type { FeedItem } from '../../src/kernel/fetch-feed.ts'
import { toIncoming } from '../../src/stories/incoming-story.ts'
import { type KnownStory, matchStories } from '../../src/stories/match-stories.ts'

const now = new Date('2026-11-24T10:00:00Z')
const source = { id: 1, locale: 'en' }

function item(
	id: string | null,
	link: string | null,
	title = `${id}`,
	publishedAt: Date | null = null,
): FeedItem {
	return {
		...{ id, link, title, summary: '', imageUrl: null, imageAlt: null },
		...{ author: null, publishedAt, updatedAt: null, unreadDate: null, categories: [] },
	}
}

function known(
	id: number,
	externalId: string | null,
	linkKey: string | null,
	more: Partial<KnownStory> = {},
): KnownStory {
	const title = `${externalId}`
	return { id, sourceId: 1, externalId, linkKey, locale: 'en', title, publishedAt: now, ...more }
}

/** The id of the stored story that each item is, `new` where it is none. */
function match(items: FeedItem[], stored: KnownStory[]): Array<number | 'new'> {
	return matchStories(toIncoming(items, now), stored, source).map((found) => found.known?.id ?? 'new')
}

it('goes by the id first, then by the link', () => {
	const stored = [known(1, 'a', 'e.test/1'), known(2, 'b', 'e.test/2')]
	expect(match([item('a', 'https://e.test/2')], stored)).toEqual([1])
	expect(match([item('c', 'https://e.test/2')], stored)).toEqual([2])
	expect(match([item(null, 'https://e.test/2')], stored)).toEqual([2])
	expect(match([item('c', 'https://e.test/3')], stored)).toEqual(['new'])
})

it('tells items apart that swap their links', () => {
	const stored = [known(1, 'a', 'e.test/1')]
	expect(match([item('a', 'https://e.test/2'), item('b', 'https://e.test/1')], stored)).toEqual([1, 'new'])
})

it('gives a stored story to one item', () => {
	const stored = [known(1, 'a', 'e.test/1')]
	expect(match([item('a', 'https://e.test/9'), item('a', 'https://e.test/9')], stored)).toEqual([1])
	expect(match([item('x', 'https://e.test/1'), item('x', 'https://e.test/1')], stored)).toEqual([1])
})

it('knows universal ids, and links, in other sources of the language', () => {
	const elsewhere = { sourceId: 2 }
	expect(match([item('urn:a', null)], [known(1, 'urn:a', null, elsewhere)])).toEqual([1])
	expect(match([item('12', null)], [known(1, '12', null, elsewhere)])).toEqual(['new'])
	expect(match([item('12', 'https://e.test/1')], [known(1, '77', 'e.test/1', elsewhere)])).toEqual([1])
	const french = { sourceId: 2, locale: 'fr' }
	expect(match([item('urn:a', 'https://e.test/1')], [known(1, 'urn:a', 'e.test/1', french)])).toEqual(['new'])
})

it('knows its own ids in whatever language the story is now', () => {
	expect(match([item('a', null)], [known(1, 'a', null, { locale: 'fr' })])).toEqual([1])
})

const day = (n: number) => new Date(Date.UTC(2026, 10, n))

it('goes by nothing that an id says which several items have', () => {
	const items = [item('N/A', 'https://e.test/1', 'One'), item('N/A', 'https://e.test/2', 'Two')]
	expect(match(items, [known(1, 'N/A', 'e.test/2', { title: 'Two' })])).toEqual(['new', 1])
	const dated = [1, 2].map((n) => item('N/A', null, 'Weekly', day(n)))
	expect(toIncoming(dated, now).map(({ externalId }) => externalId?.slice(0, 5))).toEqual(['text:', 'text:'])
})

it('takes an item with a known id, and nothing else that is known, for another story', () => {
	const stored = [known(1, 'N/A', 'e.test/1', { title: 'One', publishedAt: day(1) })]
	expect(match([item('N/A', 'https://e.test/2', 'Two', day(2))], stored)).toEqual(['new'])
	expect(match([item('N/A', 'https://e.test/2', 'Two')], stored)).toEqual(['new'])
	expect(match([item('N/A', null, 'Two', day(2))], stored)).toEqual(['new'])
	// the title was corrected and the address with it, or the story put off
	expect(match([item('N/A', 'https://e.test/2', 'Two', day(1))], stored)).toEqual([1])
	expect(match([item('N/A', 'https://e.test/1', 'Two', day(2))], stored)).toEqual([1])
	expect(match([item('N/A', 'https://e.test/2', 'One', day(2))], stored)).toEqual([1])
	const numbered = [known(1, 'https://e.test/?p=12', 'e.test/1', { title: 'One', publishedAt: day(1) })]
	expect(match([item('https://e.test/?p=12', 'https://e.test/2', 'Two', day(2))], numbered)).toEqual([1])
})

it('knows a story again whose id and link have changed together', () => {
	const stored = [known(1, 'http://old.test/?p=1', 'old.test/news/1', { title: 'One', publishedAt: day(1) })]
	const moved = (title: string, date: Date | null, path = '/2026/one') =>
		match([item(`https://new.test${path}`, `https://new.test${path}`, title, date)], stored)
	expect(moved('One', day(1))).toEqual([1])
	expect(moved('One', null, '/news/1')).toEqual([1])
	expect(moved('One', null)).toEqual(['new'])
	expect(moved('One', day(2))).toEqual(['new'])
	expect(moved('Two', day(1))).toEqual(['new'])
	// both are in the feed: they are two
	const old = item('http://old.test/?p=1', 'http://old.test/news/1', 'One', day(1))
	expect(match([old, item('x', 'https://e.test/x', 'One', day(1))], stored)).toEqual([1, 'new'])
})
