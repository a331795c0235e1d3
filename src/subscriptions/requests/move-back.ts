import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Move } from '../../kernel/tables/subscriptions.ts'
import { giveWayTo, type HeldSubscription, lockSubscriptionsOf, setSubscriber } from '../store/moves.ts'
import { reviveSubscription } from '../store/subscriptions.ts'
import { type Doing, type Persons, recordMove, swap } from './move-subscriptions.ts'

/**
 * Takes back what `moveSubscriptions` did at a time, as far as nobody has decided otherwise since: what was left at the new
 * address stays left, and what the old one has asked for anew, or came back to and left, stays as it is.
 */
export async function moveBack(
	tx: DatabaseOrTransaction,
	{ from, to }: Persons,
	{ moves, movedAt }: { moves: readonly Move[]; movedAt: Date },
	doing: Doing,
): Promise<void> {
	const own = await lockSubscriptionsOf(tx, from)
	const others = await lockSubscriptionsOf(tx, to)
	for (const move of moves) {
		if (move.how === 'ended') {
			const ended = own.find(({ id }) => id === move.id)
			if (ended?.state !== 'unsubscribed' || ended.unsubscribedAt?.getTime() !== movedAt.getTime()) continue
			await reviveSubscription(tx, move.id, doing.now)
			await recordMove(tx, move.id, 'resubscribed', doing)
			continue
		}
		const moved = others.find(({ id }) => id === move.id)
		if (!moved) continue
		const inPlace = own.find(({ newsletterId }) => newsletterId === moved.newsletterId)
		await putBack(tx, { move, from, inPlace }, doing)
	}
}

async function putBack(
	tx: DatabaseOrTransaction,
	{ move, from, inPlace }: { move: Move; from: number; inPlace: HeldSubscription | undefined },
	doing: Doing,
): Promise<void> {
	if (move.how === 'swapped') {
		if (inPlace?.id === move.with && inPlace.state === 'unsubscribed') await swap(tx, move, doing)
		return
	}
	if (inPlace && inPlace.state !== 'pending') return
	// anybody can sign an address up
	if (inPlace) await giveWayTo(tx, { pending: inPlace.id, id: move.id })
	await setSubscriber(tx, { id: move.id, subscriberId: from, confirmedAt: doing.now })
	await recordMove(tx, move.id, 'moved', doing)
}
