import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { groupOf, type PoolStory } from '../choosing/choose-for-profile.ts'
import { selectPool, selectWithTranslations } from '../choosing/store/pool.ts'
import { forecastDigest } from '../preview-digest.ts'
import type { Draft } from './store.ts'

/** A story in all its languages; `id` is the one that it was asked for by. */
export type StoryGroup = { id: number; topicIds: readonly number[]; versions: readonly PoolStory[] }

/** Stories with their translations, in the given order; what was hidden or removed meanwhile is left out. */
export async function readStoryGroups(
	db: DatabaseOrTransaction,
	newsletterId: number,
	ids: readonly number[],
): Promise<StoryGroup[]> {
	if (ids.length === 0) return []
	const known = await selectWithTranslations(db, newsletterId, ids)
	const groupOfId = new Map(known.map((story) => [story.id, groupOf(story)]))
	if (groupOfId.size === 0) return []
	const stories = await selectPool(db, { newsletterId, ids: [...groupOfId.keys()] })
	const byGroup = Map.groupBy(stories, groupOf)
	return ids.flatMap((id) => {
		const versions = byGroup.get(groupOfId.get(id) ?? 0) ?? []
		const topicIds = [...new Set(versions.flatMap((version) => version.topicIds))]
		return versions.length > 0 ? [{ id, topicIds, versions }] : []
	})
}

/** Stories that came after a draft was made: what would be in a digest now, and is neither in the draft nor left out of it. */
export async function findNewer(deps: { db: Database; clock: Clock }, draft: Draft): Promise<StoryGroup[]> {
	const { storyIds, leftOut } = draft.content
	const now = await forecastDigest(deps, draft.newsletterId, { kind: draft.kind, quick: true })
	const known = await readStoryGroups(deps.db, draft.newsletterId, [...storyIds, ...leftOut])
	const knownGroups = new Set(known.flatMap(({ versions }) => versions).map(groupOf))
	const found = await readStoryGroups(deps.db, draft.newsletterId, now.storyIds)
	return found.filter(({ versions }) => !versions.some((version) => knownGroups.has(groupOf(version))))
}
