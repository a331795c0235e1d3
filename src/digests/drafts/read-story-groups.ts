import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DraftContent } from '../../kernel/tables/drafts.ts'
import { groupOf, type PoolStory } from '../choosing/choose-for-profile.ts'
import { ownGroup, ownStories } from '../choosing/own-stories.ts'
import { selectPool, selectWithTranslations } from '../choosing/store/pool.ts'
import { forecastDigest } from '../preview-digest.ts'
import type { Draft } from './store.ts'

/** A story in all its languages; `id` is the one that it was asked for by. */
export type StoryGroup = { id: number; topicIds: readonly number[]; versions: readonly PoolStory[] }

/**
 * Stories with their translations, in the given order; what was hidden or removed meanwhile is left out. `own`: those that
 * staff wrote for the draft.
 */
export async function readStoryGroups(
	db: DatabaseOrTransaction,
	newsletterId: number,
	ids: readonly number[],
	own: DraftContent['own'] = {},
): Promise<StoryGroup[]> {
	const ofFeeds = ids.filter((id) => id > 0)
	const known = ofFeeds.length > 0 ? await selectWithTranslations(db, newsletterId, ofFeeds) : []
	const groupOfId = new Map(known.map((story) => [story.id, groupOf(story)]))
	const stories = groupOfId.size > 0 ? await selectPool(db, { newsletterId, ids: [...groupOfId.keys()] }) : []
	const byGroup = Map.groupBy([...stories, ...ownStories(own, ids)], groupOf)
	return ids.flatMap((id) => {
		const versions = byGroup.get(id < 0 ? ownGroup(id) : (groupOfId.get(id) ?? 0)) ?? []
		const topicIds = [...new Set(versions.flatMap((version) => version.topicIds))]
		return versions.length > 0 ? [{ id, topicIds, versions }] : []
	})
}

/** Stories that came after a draft was made: what would be in a digest now, and is neither in the draft nor left out of it. */
export async function findNewer(deps: { db: Database; clock: Clock }, draft: Draft): Promise<StoryGroup[]> {
	if (draft.isLetter) return []
	const now = await forecastDigest(deps, draft.newsletterId, { kind: draft.kind, quick: true })
	return findBeside(deps.db, draft, now.storyIds)
}

/** Which of these stories are neither in a draft nor left out of it. */
export async function findBeside(
	db: DatabaseOrTransaction,
	{ newsletterId, content: { storyIds, leftOut } }: Draft,
	ids: readonly number[],
): Promise<StoryGroup[]> {
	const known = await readStoryGroups(db, newsletterId, [...storyIds, ...leftOut])
	const knownGroups = new Set(known.flatMap(({ versions }) => versions).map(groupOf))
	const found = await readStoryGroups(db, newsletterId, ids)
	return found.filter(({ versions }) => !versions.some((version) => knownGroups.has(groupOf(version))))
}
