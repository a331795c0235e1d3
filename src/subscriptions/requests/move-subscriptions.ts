import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { ConsentAction } from '../../kernel/enumerations.ts'
import type { Move } from '../../kernel/tables/subscriptions.ts'
import { recordChange } from '../record-change.ts'
import { giveWayTo, lockSubscriptionsOf, setSubscriber, swapSubscribers } from '../store/moves.ts'
import { endSubscription, findSubscription } from '../store/subscriptions.ts'

export type Persons = { from: number; to: number }
export type Doing = { page: string; ip: string | null; now: Date }

/**
 * Moves a person's subscriptions to another address, which may have some of its own: nobody gets what was not asked for, and
 * nobody gets twice what came to the old address. What is active moves, with its choices and its history; where the new
 * address has the newsletter already, that one stays as it is and the other ends. What had been left there gives way, as does
 * a sign-up that nobody confirmed.
 */
export async function moveSubscriptions(
	tx: DatabaseOrTransaction,
	{ from, to }: Persons,
	doing: Doing,
): Promise<Move[]> {
	const own = await lockSubscriptionsOf(tx, from)
	const others = await lockSubscriptionsOf(tx, to)
	const moves: Move[] = []
	for (const { id, newsletterId, state } of own) {
		if (state !== 'active') continue
		const other = others.find((each) => each.newsletterId === newsletterId)
		if (other?.state === 'active') {
			await endSubscription(tx, id, doing.now)
			await recordMove(tx, id, 'unsubscribed', doing)
			moves.push({ id, how: 'ended' })
		} else if (other?.state === 'unsubscribed') {
			await swap(tx, { id, with: other.id }, doing)
			moves.push({ id, how: 'swapped', with: other.id })
		} else {
			if (other) await giveWayTo(tx, { pending: other.id, id })
			await setSubscriber(tx, { id, subscriberId: to, confirmedAt: doing.now })
			await recordMove(tx, id, 'moved', doing)
			moves.push({ id, how: 'moved' })
		}
	}
	return moves
}

/** Exchanges the persons of two subscriptions. */
export async function swap(
	tx: DatabaseOrTransaction,
	{ id, with: other }: { id: number; with: number },
	doing: Doing,
): Promise<void> {
	await swapSubscribers(tx, { id, with: other, confirmedAt: doing.now })
	for (const each of [id, other]) await recordMove(tx, each, 'moved', doing)
}

export async function recordMove(
	tx: DatabaseOrTransaction,
	id: number,
	action: ConsentAction,
	{ page, ip, now }: Doing,
): Promise<void> {
	const subscription = await findSubscription(tx, id)
	if (subscription) await recordChange(tx, subscription, { action, page, digestId: 0, ip, at: now })
}
