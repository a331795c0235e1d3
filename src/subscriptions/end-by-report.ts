import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { recordChange } from './record-change.ts'
import { endSubscription, findSubscription, lockSubscription } from './store/subscriptions.ts'

/**
 * Ends a subscription by a report – its reader called a digest spam, say – as if they had unsubscribed; so the page of
 * the link takes it back, where nothing else bars them. Gives whether it was theirs to end; runs in the caller's
 * transaction.
 */
export async function endByReport(
	tx: DatabaseOrTransaction,
	{
		subscriptionId,
		digestId,
		page,
		at,
	}: { subscriptionId: number; digestId: number; page: 'complaint' | 'returned mail'; at: Date },
): Promise<boolean> {
	await lockSubscription(tx, subscriptionId)
	const subscription = await findSubscription(tx, subscriptionId)
	if (!subscription || subscription.state === 'unsubscribed') return false
	await endSubscription(tx, subscriptionId, at)
	await recordChange(tx, subscription, { action: 'unsubscribed', page, digestId, ip: null, at })
	return true
}
