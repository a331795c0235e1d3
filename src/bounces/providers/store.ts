import { addDays, addSeconds } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'

/** Longer than any signature is believed. */
const daysKept = 2

/** After that, whoever claimed a webhook and has not done with it was lost. */
const claimSeconds = 60

/**
 * Claims a webhook that counts once: of several that come at the same moment one gets it. `done` was recorded before; `busy`
 * is being recorded by another. Forgets those that are too old to be believed.
 */
export async function claimReceipt(
	db: Database,
	receiptHash: string,
	now: Date,
): Promise<'claimed' | 'busy' | 'done'> {
	await db.deleteFrom('webhook_receipts').where('received_at', '<', addDays(now, -daysKept)).execute()
	const claimed = await db
		.insertInto('webhook_receipts')
		.values({ receipt_hash: receiptHash, received_at: now, done_at: null })
		.onConflict((conflict) =>
			conflict
				.column('receipt_hash')
				.doUpdateSet({ received_at: now })
				.where('webhook_receipts.done_at', 'is', null)
				.where('webhook_receipts.received_at', '<', addSeconds(now, -claimSeconds)),
		)
		.returning('receipt_hash')
		.executeTakeFirst()
	if (claimed) return 'claimed'
	const found = await db
		.selectFrom('webhook_receipts')
		.select('done_at')
		.where('receipt_hash', '=', receiptHash)
		.executeTakeFirst()
	return found?.done_at ? 'done' : 'busy'
}

export async function keepReceipt(db: Database, receiptHash: string, now: Date): Promise<void> {
	await db
		.updateTable('webhook_receipts')
		.set({ done_at: now })
		.where('receipt_hash', '=', receiptHash)
		.execute()
}

/** Gives a claim back, so that the provider's next try counts. */
export async function releaseReceipt(db: Database, receiptHash: string): Promise<void> {
	await db
		.deleteFrom('webhook_receipts')
		.where('receipt_hash', '=', receiptHash)
		.where('done_at', 'is', null)
		.execute()
}
