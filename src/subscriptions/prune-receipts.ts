import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { deleteReceiptsOfGone } from './store/receipts.ts'

type Deps = { db: Database; clock: Clock; config: { receiptDays: number } }

/**
 * Forgets the receipts of persons who were erased, or never confirmed, once the newest is old enough: until then they prove what
 * was agreed to. Those of a subscription stay as long as it does. Gives how many; nothing where they are kept for good.
 */
export async function pruneReceipts({
	db,
	clock,
	config: { receiptDays },
}: Deps): Promise<{ receipts?: number }> {
	if (receiptDays === 0) return {}
	return { receipts: await deleteReceiptsOfGone(db, addDays(clock.now(), -receiptDays)) }
}
