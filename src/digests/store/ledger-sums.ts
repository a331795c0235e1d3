import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliverySums } from '../../kernel/tables/digests.ts'

/** How many rows of the ledger are in each state, and why those that were left out after planning were. */
export async function countDeliveries(db: DatabaseOrTransaction, digestId: number): Promise<DeliverySums> {
	const { rows } = await sql<DeliverySums[number]>`
		select state, case when state = 'excluded' then reply end as reason, count(*)::float8 as count
		from deliveries where digest_id = ${digestId} group by 1, 2`.execute(db)
	return rows
}

/** Digests that ended before `before` and whose ledger is still there, oldest first. */
export async function selectDigestsEndedBefore(
	db: DatabaseOrTransaction,
	before: Date,
): Promise<Array<{ id: number }>> {
	return db
		.selectFrom('digests')
		.select('id')
		.where('completed_at', '<', before)
		.where('ledger_sums', 'is', null)
		.orderBy('id')
		.execute()
}

/** Keeps what the ledger of a digest came to, for its rows are about to go. False where it was opened again. */
export async function keepLedgerSums(tx: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const open = await tx
		.selectFrom('digests')
		.select('id')
		.where('id', '=', digestId)
		.where('completed_at', 'is not', null)
		.forUpdate()
		.executeTakeFirst()
	if (!open) return false
	const sums = JSON.stringify(await countDeliveries(tx, digestId))
	await tx.updateTable('digests').set({ ledger_sums: sums }).where('id', '=', digestId).execute()
	return true
}

/** What the ledger of a digest came to; undefined while it is there. */
export async function findLedgerSums(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<DeliverySums | undefined> {
	const row = await db
		.selectFrom('digests')
		.select('ledger_sums as sums')
		.where('id', '=', digestId)
		.executeTakeFirst()
	return row?.sums ?? undefined
}
