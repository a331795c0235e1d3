import type { DatabaseOrTransaction } from '../kernel/database.ts'
import {
	addReceipt,
	endSubscription,
	expireConfirmations,
	findSubscription,
	lockSubscription,
} from './store.ts'

/**
 * Ends a subscription whose reader called a digest spam, as if they had unsubscribed. Gives whether it was theirs to
 * end; runs in the caller's transaction.
 */
export async function endByComplaint(
	tx: DatabaseOrTransaction,
	{ subscriptionId, digestId, at }: { subscriptionId: number; digestId: number; at: Date },
): Promise<boolean> {
	await lockSubscription(tx, subscriptionId)
	const subscription = await findSubscription(tx, subscriptionId)
	if (!subscription || subscription.state === 'unsubscribed') return false
	await endSubscription(tx, subscriptionId, at)
	await expireConfirmations(tx, subscriptionId, at)
	await addReceipt(tx, {
		subscriptionId,
		action: 'unsubscribed',
		wording: null,
		wordingVersion: null,
		locale: subscription.locale,
		page: digestId > 0 ? `complaint (digest ${digestId})` : 'complaint',
		ip: null,
		at,
	})
	return true
}
