import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { DraftContent } from '../../../kernel/tables/drafts.ts'
import { complete } from '../store.ts'

/** What a draft held once; `before` is what it was made from, null of the first. */
export type VersionRow = {
	id: number
	savedAt: Date
	savedBy: string
	content: DraftContent
	before: DraftContent | null
}

/** The versions of a draft, the newest first. */
export async function selectVersions(
	db: DatabaseOrTransaction,
	draftId: number,
	limit: number,
): Promise<VersionRow[]> {
	const rows = await db
		.selectFrom('draft_versions as v')
		.leftJoin('draft_versions as p', 'p.id', 'v.parent_id')
		.select([
			'v.id',
			'v.saved_at as savedAt',
			'v.saved_by_name as savedBy',
			'v.content',
			'p.content as before',
		])
		.where('v.draft_id', '=', draftId)
		.orderBy('v.id', 'desc')
		.limit(limit)
		.execute()
	return rows.map((row) => ({
		...complete(row),
		before: row.before && complete({ content: row.before }).content,
	}))
}

/**
 * Forgets what drafts held before a moment, but for what they hold now, and what a correction that is being written began
 * with: its check compares the two. Gives how many versions went.
 */
export async function deleteOldVersions(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('draft_versions')
		.where('saved_at', '<', before)
		.where('id', 'not in', (eb) =>
			eb
				.selectFrom('digest_drafts')
				.select('version_id')
				.where('version_id', 'is not', null)
				.$castTo<{ version_id: number }>(),
		)
		.where('id', 'not in', (eb) =>
			eb
				.selectFrom('digest_drafts as d')
				.innerJoin('draft_versions as first', 'first.draft_id', 'd.id')
				.where('d.corrects', 'is not', null)
				.where('d.state', 'in', ['open', 'starting'])
				.groupBy('d.id')
				.select(({ fn }) => fn.min('first.id').as('id')),
		)
		.executeTakeFirst()
	return Number(numDeletedRows)
}
