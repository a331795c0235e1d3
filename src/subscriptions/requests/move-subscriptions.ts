import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Move } from '../../kernel/tables/subscriptions.ts'
import { recordChange } from '../record-change.ts'
import { lockSubscriptionsOf, setSubscriber, swapSubscribers } from '../store/moves.ts'
import { endSubscription, findSubscription, reviveSubscription } from '../store/subscriptions.ts'

type Persons = { from: number; to: number }
type Doing = { page: string; ip: string | null; now: Date }

/**
 * Moves a person's subscriptions to another address, which may have some of its own: nobody gets what was not asked for, and
 * nobody gets twice what came to the old address. What is active moves, with its choices and its history; where the new
 * address has the newsletter already, that one stays as it is and the other ends. What had been left there gives way.
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
		if (!other) {
			await setSubscriber(tx, { id, subscriberId: to, confirmedAt: doing.now })
			moves.push({ id, how: 'moved' })
		} else if (other.state === 'active') {
			await endSubscription(tx, id, doing.now)
			moves.push({ id, how: 'ended' })
		} else {
			await swapSubscribers(tx, { id, with: other.id, confirmedAt: doing.now })
			moves.push({ id, how: 'swapped', with: other.id })
		}
		await record(tx, id, doing)
	}
	return moves
}

/**
 * Takes back what `moveSubscriptions` did, as far as nobody has decided otherwise since: what was left at the new address
 * stays left, and what the old one has asked for anew stays as it is.
 */
export async function moveBack(
	tx: DatabaseOrTransaction,
	{ from, to }: Persons,
	moves: readonly Move[],
	doing: Doing,
): Promise<void> {
	const own = await lockSubscriptionsOf(tx, from)
	const others = await lockSubscriptionsOf(tx, to)
	for (const move of moves) {
		const kept = [...own, ...others].find(({ id }) => id === move.id)
		if (!kept) continue
		if (move.how === 'ended') {
			if (kept.state !== 'unsubscribed') continue
			await reviveSubscription(tx, move.id, doing.now)
		} else if (move.how === 'swapped') {
			if (!own.some(({ id }) => id === move.with)) continue
			await swapSubscribers(tx, { id: move.id, with: move.with, confirmedAt: doing.now })
		} else {
			if (own.some(({ newsletterId }) => newsletterId === kept.newsletterId)) continue
			await setSubscriber(tx, { id: move.id, subscriberId: from, confirmedAt: doing.now })
		}
		await record(tx, move.id, doing)
	}
}

async function record(tx: DatabaseOrTransaction, id: number, { page, ip, now }: Doing): Promise<void> {
	const subscription = await findSubscription(tx, id)
	if (!subscription) return
	const action = subscription.state === 'unsubscribed' ? 'unsubscribed' : 'moved'
	await recordChange(tx, subscription, { action, page, digestId: 0, ip, at: now })
}
