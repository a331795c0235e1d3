import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Keys } from '../kernel/keys.ts'
import type { Locale } from '../kernel/messages.ts'
import { maskAddress } from './mask-address.ts'
import { findSubscription, type SubscriptionRecord } from './store/subscriptions.ts'
import { readUnsubscribeToken } from './unsubscribe-url.ts'

/** For how long the page of an unsubscribe link takes a person back without a new confirmation. */
export const undoDays = 7

/** What the page of an unsubscribe link shows. The address is masked: the mail may have been forwarded. */
export type LeavingView = {
	subscriptionId: number
	/** 0 where no digest led to it. */
	digestId: number
	newsletter: string
	locale: Locale
	maskedAddress: string
	left: boolean
	canUndo: boolean
}

/**
 * Looks at an unsubscribe link and changes nothing. `forged`: no link of ours. `erased`: a genuine one, of a
 * subscription that isn't there any more, so that there is nothing left to end.
 */
export async function viewLeaving(
	{ db, clock, keys }: { db: Database; clock: Clock; keys: Keys },
	{ token }: { token: string },
): Promise<LeavingView | 'forged' | 'erased'> {
	const leaving = readUnsubscribeToken(keys, token)
	if (!leaving) return 'forged'
	const subscription = await findSubscription(db, leaving.subscriptionId)
	return subscription ? toLeavingView(subscription, leaving, clock.now()) : 'erased'
}

export function toLeavingView(
	subscription: SubscriptionRecord,
	{ digestId }: { digestId: number },
	now: Date,
): LeavingView {
	return {
		subscriptionId: subscription.id,
		digestId,
		newsletter: subscription.newsletter,
		locale: subscription.locale,
		maskedAddress: maskAddress(subscription.address),
		left: subscription.state === 'unsubscribed',
		canUndo: canUndo(subscription, now),
	}
}

/**
 * A link in a forwarded or old mail must not bring somebody back long after they left, nor to an address that is not the one
 * that left.
 */
export function canUndo({ state, unsubscribedAt, gaveWay }: SubscriptionRecord, now: Date): boolean {
	return (
		!gaveWay && state === 'unsubscribed' && unsubscribedAt !== null && addDays(unsubscribedAt, undoDays) > now
	)
}
