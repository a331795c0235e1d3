import { addDays } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'

/** Longer than any signature is believed. */
const daysKept = 2

/** Whether a webhook that counts once has come before. */
export async function hasReceipt(db: Database, receiptHash: string): Promise<boolean> {
	const found = await db
		.selectFrom('webhook_receipts')
		.select('receipt_hash')
		.where('receipt_hash', '=', receiptHash)
		.executeTakeFirst()
	return found !== undefined
}

/** Remembers that it has come, and forgets those that are too old to be believed. */
export async function keepReceipt(db: Database, receiptHash: string, now: Date): Promise<void> {
	await db.deleteFrom('webhook_receipts').where('received_at', '<', addDays(now, -daysKept)).execute()
	await db
		.insertInto('webhook_receipts')
		.values({ receipt_hash: receiptHash, received_at: now })
		.onConflict((conflict) => conflict.doNothing())
		.execute()
}
