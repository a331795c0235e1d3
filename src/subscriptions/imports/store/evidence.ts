import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'

export async function putEvidence(
	tx: DatabaseOrTransaction,
	importId: number,
	sealed: Buffer,
): Promise<void> {
	await tx
		.insertInto('import_evidence')
		.values({ import_id: importId, sealed })
		.onConflict((conflict) => conflict.column('import_id').doUpdateSet({ sealed }))
		.execute()
}

export async function findEvidence(db: DatabaseOrTransaction, importId: number): Promise<Buffer | undefined> {
	const row = await db
		.selectFrom('import_evidence')
		.select('sealed')
		.where('import_id', '=', importId)
		.executeTakeFirst()
	// an embedded database gives plain arrays
	return row && Buffer.from(row.sealed)
}

export async function deleteEvidence(tx: DatabaseOrTransaction, importIds: readonly number[]): Promise<void> {
	if (importIds.length === 0) return
	await tx.deleteFrom('import_evidence').where('import_id', 'in', importIds).execute()
	await tx.updateTable('imports').set({ evidence_file: null }).where('id', 'in', importIds).execute()
}

/** Imports whose last step was before a time, and of whose persons nobody is on record any more: their evidence proves nothing. */
export async function findNeedlessEvidence(db: DatabaseOrTransaction, before: Date): Promise<number[]> {
	const { rows } = await sql<{ id: number }>`
		select id from imports i
		where evidence_file is not null and coalesce(undone_at, finished_at, checked_at, created_at) < ${before}
			and state not in ('checking', 'running', 'undoing')
			and not exists (select from subscriptions s where s.import_id = i.id)
		order by id`.execute(db)
	return rows.map(({ id }) => id)
}
