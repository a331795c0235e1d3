import { expect, it } from 'vitest'
import type { FeedItem } from '../../src/kernel/fetch-feed.ts'
import { toIncoming } from '../../src/stories/incoming-story.ts'
import { type KnownStory, matchStories } from '../../src/stories/match-stories.ts'

const now = new Date('2026-11-24T10:00:00Z')
const source = { id: 1, locale: 'en' }

function item(id: string | null, link: string | null, title = `${id}`): FeedItem {
	return {
		...{ id, link, title, summary: '', imageUrl: null, imageAlt: null },
		...{ author: null, publishedAt: null, updatedAt: null, unreadDate: null, categories: [] },
	}
}

function known(
	id: number,
	externalId: string | null,
	linkKey: string | null,
	more: Partial<KnownStory> = {},
): KnownStory {
	return { id, sourceId: 1, externalId, linkKey, locale: 'en', ...more }
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
	expect(match([item('a', 'https://e.test/9'), item('a', 'https://e.test/8')], stored)).toEqual([1])
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
