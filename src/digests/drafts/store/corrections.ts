import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { DraftContent } from '../../../kernel/tables/drafts.ts'
import { type Draft, findDraft } from '../store.ts'

/** The correction of a digest that is being written. */
export async function findCorrection(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<Draft | undefined> {
	const row = await db
		.selectFrom('digest_drafts')
		.select('id')
		.where('corrects', '=', digestId)
		.where('state', 'in', ['open', 'starting'])
		.executeTakeFirst()
	return row && findDraft(db, row.id)
}

/** What a correction began with, which is kept while it is written. */
export async function findFirstVersion(
	db: DatabaseOrTransaction,
	draftId: number,
): Promise<DraftContent | undefined> {
	const row = await db
		.selectFrom('draft_versions')
		.select('content')
		.where('draft_id', '=', draftId)
		.orderBy('id')
		.limit(1)
		.executeTakeFirst()
	return row?.content
}
