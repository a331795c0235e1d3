import { expect, test } from 'vitest'
import {
	type Choices,
	chooseForProfile,
	type Pool,
	type PoolStory,
} from '../../src/digests/choosing/choose-for-profile.ts'

const water = 1
const schools = 2
const everything: Choices = {
	locale: 'en',
	allTopics: true,
	topicIds: [],
	untranslated: null,
	rhythm: 'each',
}
const nothingYet = new Set<number>()

function story(id: number, changes: Partial<PoolStory> = {}): PoolStory {
	return {
		id,
		locale: 'en',
		title: `Story ${id}`,
		link: null,
		summary: '',
		imageUrl: null,
		imageAlt: null,
		author: null,
		publishedAt: new Date(0),
		categories: [],
		translationGroup: null,
		topicIds: [],
		...changes,
	}
}

function pool(stories: PoolStory[], changes: Partial<Pool> = {}): Pool {
	const grouped = Map.groupBy(
		stories.filter(({ translationGroup }) => translationGroup !== null),
		({ translationGroup }) => translationGroup ?? 0,
	)
	return {
		stories,
		translations: new Map(
			[...grouped].map(([group, all]) => [
				group,
				all.map(({ id, locale }) => ({ id, locale, isOffered: true })),
			]),
		),
		untranslated: 'skip',
		defaultLocale: 'en',
		arrangement: { limit: 10, order: 'newest_first' },
		...changes,
	}
}

const choose = (from: Pool, choices: Partial<Choices> = {}, had: ReadonlySet<number> = nothingYet) =>
	chooseForProfile(from, { ...everything, ...choices }, had).map(({ id }) => id)

test('Readers of some topics get those, and stories without any', () => {
	const stories = [story(1, { topicIds: [water] }), story(2, { topicIds: [schools] }), story(3)]
	expect(choose(pool(stories))).toEqual([1, 2, 3])
	expect(choose(pool(stories), { allTopics: false, topicIds: [water] })).toEqual([1, 3])
	expect(choose(pool(stories), { allTopics: false })).toEqual([3])
})

test('Readers of all topics but some get the others, those to come, and what is of another topic too', () => {
	const both = story(4, { topicIds: [water, schools] })
	const stories = [story(1, { topicIds: [water] }), story(2, { topicIds: [99] }), story(3), both]
	expect(choose(pool(stories), { topicIds: [water] })).toEqual([2, 3, 4])
	expect(choose(pool(stories), { topicIds: [water, schools] })).toEqual([2, 3])
})

test('What they had makes room within the limit, whichever of its languages they had it in', () => {
	const stories = [story(1), story(2, { translationGroup: 7 }), story(3), story(4)]
	const limited = pool(stories, { arrangement: { limit: 2, order: 'newest_first' } })
	expect(choose(limited)).toEqual([1, 2])
	expect(choose(limited, {}, new Set([-1, 7]))).toEqual([3, 4])
	expect(choose({ ...limited, arrangement: { limit: 2, order: 'oldest_first' } })).toEqual([2, 1])
})

test('A story of another language is for whom the newsletter’s rule or their own includes it', () => {
	const stories = [story(1, { locale: 'fr' }), story(2)]
	expect(choose(pool(stories))).toEqual([2])
	expect(choose(pool(stories), { untranslated: 'include' })).toEqual([1, 2])
	expect(choose(pool(stories, { untranslated: 'include' }))).toEqual([1, 2])
	expect(choose(pool(stories, { untranslated: 'include' }), { untranslated: 'skip' })).toEqual([2])
})

test('A foreign story is not included where it exists in the language, be that hidden; of two foreign ones the default', () => {
	const french = story(1, { locale: 'fr', translationGroup: 5 })
	const spanish = story(2, { locale: 'es', translationGroup: 5 })
	const english = { id: 3, locale: 'en', isOffered: false }
	const both = pool([spanish, french], { untranslated: 'include' })
	expect(choose(both)).toEqual([1])
	expect(choose({ ...both, defaultLocale: 'es' })).toEqual([2])
	const hidden = { ...both, translations: new Map([[5, [...(both.translations.get(5) ?? []), english]]]) }
	expect(choose(hidden)).toEqual([])
})

test('Of a story that is there twice in a language one is taken', () => {
	expect(choose(pool([story(1, { translationGroup: 5 }), story(2, { translationGroup: 5 })]))).toEqual([1])
})

test('What staff chose comes in the order in which it was named, without a limit', () => {
	const stories = [story(1), story(2, { translationGroup: 9 }), story(3)]
	expect(choose(pool(stories, { arrangement: { groups: [-3, 9, -1] } }))).toEqual([3, 2, 1])
})
