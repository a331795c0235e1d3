import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { Overtaken, repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { endSubscriptionsOf } from '../end-subscriptions-of.ts'
import { lockPersons } from '../store/subscribers.ts'
import { findSubscription } from '../store/subscriptions.ts'
import type { Asking } from './change-by-link.ts'
import { readPreferencesToken } from './preferences-url.ts'
import { type ChoicesDeps, type ChoicesView, findWithChoices, toChoicesView } from './view-choices.ts'

/**
 * Ends all subscriptions of a reader, by the signed link of one; each leaves a receipt. A second time changes nothing and
 * is answered alike. Gives the newsletters that were left.
 */
export async function leaveAll(
	{ db, clock, keys, config }: ChoicesDeps,
	{ token, page, ip }: Asking,
): Promise<{ left: string[]; view: ChoicesView } | 'forged' | 'erased'> {
	const link = readPreferencesToken(keys, token)
	if (!link) return 'forged'
	const { subscriptionId, digestId } = link
	const now = clock.now()
	return repeatTransaction(db, async (tx) => {
		const subscriberId = await lockPersonOf(tx, subscriptionId)
		if (subscriberId === undefined) return 'erased'
		const change = { page, digestId, ip: config.recordIp ? ip : null, at: now }
		const left = await endSubscriptionsOf(tx, { subscriberId, ...change })
		const found = await findWithChoices(tx, subscriptionId)
		return found ? { left, view: await toChoicesView(tx, found, { digestId, now }) } : 'erased'
	})
}

/** Holds whoever has a subscription: while they change their address, what they have would be looked for at the wrong one. */
async function lockPersonOf(tx: DatabaseOrTransaction, subscriptionId: number): Promise<number | undefined> {
	const before = await findSubscription(tx, subscriptionId)
	if (!before) return undefined
	await lockPersons(tx, [before.subscriberId])
	const now = await findSubscription(tx, subscriptionId)
	if (now && now.subscriberId !== before.subscriberId) throw new Overtaken()
	return now?.subscriberId
}
