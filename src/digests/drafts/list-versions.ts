import { isDeepStrictEqual } from 'node:util'
import { actorName, schedule } from '../../kernel/actor.ts'
import type { Database } from '../../kernel/database.ts'
import type { DraftContent } from '../../kernel/tables/drafts.ts'
import { selectVersions, type VersionRow } from './store/versions.ts'
import type { Draft } from './store.ts'

/** What somebody changed of a draft. */
export type DraftChange =
	| 'begun'
	| 'subject'
	| 'preheader'
	| 'introduction'
	| 'added'
	| 'left_out'
	| 'order'
	| 'story'
	| 'answers'

export type DraftVersionInfo = Omit<VersionRow, 'before' | 'savedBy'> & {
	/** Null where the schedule saved it. */
	savedBy: string | null
	changes: DraftChange[]
	isShown: boolean
}

const most = 100
const togetherMs = 5 * 60_000

/**
 * What a draft held, the newest first: the last hundred versions. Of texts that one person saved again and again within five
 * minutes, as they were typed, only the last is given.
 */
export async function listVersions({ db }: { db: Database }, draft: Draft): Promise<DraftVersionInfo[]> {
	const all = (await selectVersions(db, draft.id, most)).map(({ before, ...version }) => ({
		...version,
		savedBy: version.savedBy === actorName(schedule) ? null : version.savedBy,
		changes: changesOf(version.content, before),
		isShown: version.id === draft.versionId,
	}))
	const listed: DraftVersionInfo[] = []
	for (const version of all) {
		const later = listed.at(-1)
		if (version.isShown || !later || !areOneWriting(version, later)) listed.push(version)
	}
	return listed
}

function areOneWriting(version: DraftVersionInfo, later: DraftVersionInfo): boolean {
	const isTyped = version.changes.every((change) => typed.has(change))
	return (
		isTyped &&
		isDeepStrictEqual(version.changes, later.changes) &&
		version.savedBy === later.savedBy &&
		later.savedAt.getTime() - version.savedAt.getTime() < togetherMs
	)
}

const typed: ReadonlySet<DraftChange> = new Set(['subject', 'preheader', 'introduction'])

/** What is in one version otherwise than in the one that it was made from. */
export function changesOf(content: DraftContent, before: DraftContent | null): DraftChange[] {
	if (!before) return ['begun']
	const differs = (field: keyof DraftContent) => !isDeepStrictEqual(content[field], before[field])
	const added = content.storyIds.some((id) => !before.storyIds.includes(id))
	const leftOut = before.storyIds.some((id) => !content.storyIds.includes(id))
	const found: Array<[DraftChange, boolean]> = [
		['subject', differs('subject')],
		['preheader', differs('preheader')],
		['introduction', differs('introduction')],
		['added', added],
		['left_out', leftOut],
		['order', differs('storyIds') && !added && !leftOut],
		['story', differs('edits') || (differs('own') && !added)],
		['answers', differs('answers')],
	]
	return found.flatMap(([change, isSo]) => (isSo ? [change] : []))
}
