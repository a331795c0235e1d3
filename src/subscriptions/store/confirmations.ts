import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { SignupWish } from '../../kernel/tables/subscriptions.ts'
import {
	gatherAddress,
	type SubscriptionRecord,
	selectSubscriptions,
	subscriptionColumns,
} from './subscriptions.ts'

export async function addConfirmation(
	db: DatabaseOrTransaction,
	row: {
		tokenHash: string
		subscriptionId: number
		locale: Locale
		now: Date
		expiresAt: Date
		wish: SignupWish | null
	},
): Promise<void> {
	await db
		.insertInto('confirmations')
		.values({
			token_hash: row.tokenHash,
			subscription_id: row.subscriptionId,
			locale: row.locale,
			created_at: row.now,
			expires_at: row.expiresAt,
			used_at: null,
			wish: row.wish && JSON.stringify(row.wish),
		})
		.execute()
}

export type ConfirmationRecord = SubscriptionRecord & {
	tokenHash: string
	confirmationLocale: Locale
	expiresAt: Date
	usedAt: Date | null
	/** What was chosen when signing up. */
	wish: SignupWish | null
}

export async function findConfirmation(
	db: DatabaseOrTransaction,
	tokenHash: string,
): Promise<ConfirmationRecord | undefined> {
	const row = await selectSubscriptions(db)
		.innerJoin('confirmations', 'confirmations.subscription_id', 'subscriptions.id')
		.select(subscriptionColumns)
		.select([
			'token_hash as tokenHash',
			'confirmations.locale as confirmationLocale',
			'expires_at as expiresAt',
			'used_at as usedAt',
			'wish',
		])
		.where('token_hash', '=', tokenHash)
		.executeTakeFirst()
	return row && gatherAddress(row)
}

export async function useConfirmation(
	tx: DatabaseOrTransaction,
	tokenHash: string,
	now: Date,
): Promise<void> {
	await tx.updateTable('confirmations').set({ used_at: now }).where('token_hash', '=', tokenHash).execute()
}

export async function deleteConfirmationsExpiredBefore(
	db: DatabaseOrTransaction,
	before: Date,
): Promise<number> {
	const rows = await db
		.deleteFrom('confirmations')
		.where('expires_at', '<', before)
		.returning('token_hash')
		.execute()
	return rows.length
}
