import type { Rhythm, StoryOrder, UntranslatedRule } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { DigestWish } from '../../kernel/tables/digests.ts'
import type { DigestStory } from '../digest.ts'

/** A combination of choices that readers have. */
export type Choices = {
	locale: Locale
	/** All topics and those to come, but for those of `topicIds`; else only those. */
	allTopics: boolean
	topicIds: readonly number[]
	/** Null: the newsletter's rule. */
	untranslated: UntranslatedRule | null
	rhythm: Rhythm
}

/** A story that may be chosen, with those of its topics that have not ended. */
export type PoolStory = DigestStory & { topicIds: readonly number[] }

/** One of the languages of a story, whether or not it may be chosen itself. */
export type Translation = { id: number; locale: Locale; isOffered: boolean }

/** What a digest chooses from, and by which rules. */
export type Pool = {
	/** The newest first. */
	stories: readonly PoolStory[]
	/** By translation group. */
	translations: ReadonlyMap<number, readonly Translation[]>
	untranslated: UntranslatedRule
	/** By the story's id. */
	edits?: DigestWish['edits']
	defaultLocale: Locale
	/** How many stories a reader gets at most, and their order; or the groups that staff chose, in their order. */
	arrangement: { limit: number; order: StoryOrder } | { groups: readonly number[] }
}

/** What a story and its translations are known by together: readers get one of them. */
export function groupOf({ id, translationGroup }: Pick<DigestStory, 'id' | 'translationGroup'>): number {
	return translationGroup ?? -id
}

/**
 * The stories that readers of the same choices get, in their order: those of their topics, in their language – or in
 * another, by their rule –, but none that they had, in whatever language. `had` holds groups, as of `groupOf`.
 */
export function chooseForProfile(pool: Pool, choices: Choices, had: ReadonlySet<number>): DigestStory[] {
	const known = new Set(had)
	const wanted: PoolStory[] = []
	for (const story of pool.stories) {
		const group = groupOf(story)
		if (known.has(group) || !isOfTopics(story, choices) || !isOfLanguage(pool, story, choices)) continue
		known.add(group)
		wanted.push(story)
	}
	return arrange(pool, wanted).map(({ topicIds: _, ...story }) => story)
}

/** A story without topics is for all. */
function isOfTopics({ topicIds }: PoolStory, { allTopics, topicIds: chosen }: Choices): boolean {
	return topicIds.length === 0 || topicIds.some((id) => chosen.includes(id) !== allTopics)
}

/**
 * Of a story that is not in the readers' language the default one is taken, else the one that came first, where their rule
 * wants it or staff wrote it in their language; not where staff leaves it out there.
 */
function isOfLanguage(pool: Pool, story: PoolStory, { locale, untranslated }: Choices): boolean {
	if (story.locale === locale) return true
	const { written, without } = pool.edits?.[story.id] ?? {}
	if (without?.includes(locale)) return false
	if (!written?.[locale] && (untranslated ?? pool.untranslated) === 'skip') return false
	const translations = story.translationGroup === null ? [] : pool.translations.get(story.translationGroup)
	const isDefault = story.locale === pool.defaultLocale
	return !translations?.some((other) => {
		if (other.locale === locale) return true
		const isOthersDefault = other.locale === pool.defaultLocale
		const isBetter = isOthersDefault === isDefault ? other.id < story.id : isOthersDefault
		return other.isOffered && isBetter
	})
}

function arrange({ arrangement }: Pool, stories: readonly PoolStory[]): readonly PoolStory[] {
	if ('groups' in arrangement) {
		const place = (story: PoolStory) => arrangement.groups.indexOf(groupOf(story))
		return stories.toSorted((a, b) => place(a) - place(b))
	}
	const newest = stories.slice(0, arrangement.limit)
	return arrangement.order === 'newest_first' ? newest : newest.toReversed()
}
