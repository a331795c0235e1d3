import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { stepDraft } from './change-draft.ts'
import { getDraft } from './open-draft.ts'
import { readStoryGroups, type StoryGroup } from './read-story-groups.ts'
import { selectEarlier } from './store/earlier.ts'
import type { Draft } from './store.ts'

/** A story that is not in a draft; `of`: when the last digest was made that had it, null where none had. */
export type EarlierStoryGroup = StoryGroup & { of: Date | null }

const shown = 20

/**
 * Stories that could be added to a draft though they are not new, the newest first: those that earlier digests had, and those
 * that none had. `search`: a part of the title in any language. `more`: there are others that a search would find.
 */
export async function listEarlier(
	{ db }: { db: Database },
	draft: Draft,
	search = '',
): Promise<{ stories: EarlierStoryGroup[]; more: boolean }> {
	const { newsletterId } = draft
	const known = await knownOf(db, draft)
	const rows = await selectEarlier(db, { newsletterId, search, known, limit: shown + 1 })
	const ofId = new Map(rows.slice(0, shown).map(({ id, of }) => [id, of]))
	const groups = await readStoryGroups(db, newsletterId, [...ofId.keys()])
	return {
		stories: groups.map((group) => ({ ...group, of: ofId.get(group.id) ?? null })),
		more: rows.length > shown,
	}
}

/** Adds a story to a draft, for who had it, too. One that is in it already, or gone, changes nothing. */
export async function addEarlier(
	deps: { db: Database; clock: Clock },
	draftId: number,
	storyId: number,
	actor: Actor,
): Promise<void> {
	const draft = await getDraft(deps, draftId)
	const known = await knownOf(deps.db, draft)
	const wanted = { newsletterId: draft.newsletterId, search: '', known, id: storyId, limit: 1 }
	const [found] = await selectEarlier(deps.db, wanted)
	if (!found) return
	await stepDraft(deps, draftId, { addEarlier: storyId, of: found.of?.toISOString() ?? null }, actor)
}

async function knownOf(db: Database, { newsletterId, content: { storyIds, leftOut } }: Draft) {
	const groups = await readStoryGroups(db, newsletterId, [...storyIds, ...leftOut])
	return groups.flatMap(({ versions }) => versions)
}
