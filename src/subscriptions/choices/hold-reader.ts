import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { lockPersons } from '../store/subscribers.ts'
import { lockSubscription } from '../store/subscriptions.ts'
import { type Found, findWithChoices } from './view-choices.ts'

/** Holds a subscription until the transaction ends. Undefined where there is none. */
export async function holdSubscription(
	tx: DatabaseOrTransaction,
	subscriptionId: number,
): Promise<Found | undefined> {
	await lockSubscription(tx, subscriptionId)
	return findWithChoices(tx, subscriptionId)
}

/**
 * Holds a subscription and its person until the transaction ends, in the order of `lockAddresses`. Undefined where there is no
 * such subscription.
 */
export async function holdReader(
	tx: DatabaseOrTransaction,
	subscriptionId: number,
): Promise<Found | undefined> {
	const before = await findWithChoices(tx, subscriptionId)
	if (!before) return undefined
	await lockPersons(tx, [before.subscription.subscriberId])
	await lockSubscription(tx, subscriptionId)
	const found = await findWithChoices(tx, subscriptionId)
	// moved to another person while this waited
	const isMoved = found && found.subscription.subscriberId !== before.subscription.subscriberId
	return isMoved ? holdReader(tx, subscriptionId) : found
}
