import { invalidField } from '../../kernel/app-error.ts'
import { addDays } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DigestWish } from '../../kernel/tables/digests.ts'
import type { Newsletter } from '../../newsletters/index.ts'
import { groupOf, type Pool } from './choose-for-profile.ts'
import { ownGroup, ownStories, ownTranslations } from './own-stories.ts'
import { selectPool, selectTranslations, selectWithTranslations } from './store/pool.ts'

export type Choosing = {
	now: Date
	storyIds: readonly number[] | undefined
	/** Passes over chosen stories that are gone, as with their source; else they are refused. */
	unknownIsFine?: boolean | undefined
	/** Stories that staff wrote for this digest; those that `storyIds` names are chosen. */
	own?: DigestWish['own']
	/** Says in which languages staff wrote a story that is not in them, and in which it is left out. */
	edits?: DigestWish['edits']
}

/**
 * What a digest chooses from: the newsletter's stories of a certain age, or those that staff chose (with their
 * translations, whatever their age). Throws `invalid` where the newsletter has no such story, unless that is fine.
 */
export async function readPool(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ now, storyIds, unknownIsFine = false, own = {}, edits = {} }: Choosing,
): Promise<Pool> {
	const { id: newsletterId, untranslated, defaultLocale, storyLimit, storyOrder } = newsletter
	const chosen = storyIds && (await findChosen(db, newsletterId, { storyIds, unknownIsFine, own }))
	const olderThan = addDays(now, -newsletter.storyMaxAgeDays)
	const stories =
		chosen?.ids.length === 0
			? []
			: await selectPool(db, { newsletterId, ...(chosen ? { ids: chosen.ids } : { olderThan }) })
	const groups = [...new Set(stories.flatMap(({ translationGroup }) => translationGroup ?? []))]
	const written = ownStories(own, storyIds ?? [], defaultLocale)
	return {
		stories: [...stories, ...written],
		translations: new Map([
			...(await selectTranslations(db, newsletterId, groups)),
			...ownTranslations(written),
		]),
		untranslated,
		edits,
		defaultLocale,
		arrangement: chosen ? { groups: chosen.groups } : { limit: storyLimit, order: storyOrder },
	}
}

/** In the order in which staff named them; a translation stands where its original was named. */
async function findChosen(
	db: DatabaseOrTransaction,
	newsletterId: number,
	{
		storyIds,
		unknownIsFine,
		own,
	}: Required<Pick<Choosing, 'own'>> & {
		storyIds: readonly number[]
		unknownIsFine: boolean
	},
): Promise<{ ids: number[]; groups: number[] }> {
	const ofFeeds = storyIds.filter((id) => !own?.[id])
	const known = ofFeeds.length > 0 ? await selectWithTranslations(db, newsletterId, ofFeeds) : []
	const groupOfId = new Map(known.map((story) => [story.id, groupOf(story)]))
	const unknown = ofFeeds.filter((id) => !groupOfId.has(id))
	if (unknown.length > 0 && !unknownIsFine) {
		throw invalidField('storyIds', 'errors.digest.story_unknown', { ids: unknown.join(', ') })
	}
	const groups = storyIds.flatMap((id) => (own?.[id] ? ownGroup(id) : (groupOfId.get(id) ?? [])))
	return { ids: [...groupOfId.keys()], groups }
}

/** The group of each story of the pool, and of each translation of one. */
export function groupsById({ stories, translations }: Pool): Map<number, number> {
	return new Map([
		...stories.map((story): [number, number] => [story.id, groupOf(story)]),
		...[...translations].flatMap(([group, all]) => all.map(({ id }): [number, number] => [id, group])),
	])
}
