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
