import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { RequestKind } from '../../kernel/enumerations.ts'
import { hashToken, type Keys } from '../../kernel/keys.ts'
import type { Locale } from '../../kernel/messages.ts'
import { isLiftedByConfirming } from '../../suppressions/index.ts'
import { maskAddress } from '../mask-address.ts'
import { findRequest, type ReaderRequest } from './store.ts'

/**
 * What a link of a request is worth at the moment. `open`: it can be carried out · `done` · `undone`: taken back · `expired` ·
 * `barred`: the new address must never be mailed, which only staff can change.
 */
export type RequestStanding = 'open' | 'done' | 'undone' | 'expired' | 'barred'

/** What the page of such a link shows. */
export type RequestView = {
	/** `undo_address`: by the link of the old address. */
	kind: RequestKind | 'undo_address'
	standing: RequestStanding
	newsletter: string
	locale: Locale
	/** Who asked. */
	maskedAddress: string
	maskedNewAddress: string | null
	subscriberId: number
}

export type RequestDeps = { db: Database; clock: Clock; keys: Keys }

/** For how long the old address can take a change back. */
export const undoDays = 7

/** Looks at the link of a request and changes nothing; undefined where there is none, or it was forgotten. */
export async function viewRequest(
	{ db, clock, keys }: RequestDeps,
	{ token }: { token: string },
): Promise<RequestView | undefined> {
	const request = await findRequest(db, hashToken(keys, token))
	return request && toRequestView(request, clock.now())
}

export function toRequestView(request: ReaderRequest, now: Date): RequestView {
	return {
		kind: request.byUndoLink ? 'undo_address' : request.kind,
		standing: judgeRequest(request, now),
		newsletter: request.newsletter,
		locale: request.locale,
		maskedAddress: maskAddress(request.address),
		maskedNewAddress: request.newAddress && maskAddress(request.newAddress),
		subscriberId: request.subscriberId,
	}
}

export function judgeRequest(request: ReaderRequest, now: Date): RequestStanding {
	const { usedAt, undoneAt, expiresAt, newSuppression, byUndoLink } = request
	if (undoneAt) return 'undone'
	if (byUndoLink) {
		return usedAt && usedAt.getTime() + undoDays * 86_400_000 > now.getTime() ? 'open' : 'expired'
	}
	// what is shown may be looked at again while the link lasts
	if (usedAt && request.kind !== 'send_data') return 'done'
	if (expiresAt <= now) return 'expired'
	return newSuppression && !isLiftedByConfirming(newSuppression) ? 'barred' : 'open'
}
