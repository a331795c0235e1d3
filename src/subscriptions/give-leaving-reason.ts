import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Keys } from '../kernel/keys.ts'
import { saveLeavingReason } from './store.ts'
import { readUnsubscribeToken } from './unsubscribe-url.ts'

/** Why people leave: few enough to count, each a sentence in the string catalogs. */
export const leavingReasons = [
	'too_many',
	'not_interested',
	'never_signed_up',
	'hard_to_read',
	'other',
] as const

export type LeavingReason = (typeof leavingReasons)[number]

/** In characters. */
export const maxLeavingComment = 500

/** Keeps why a person left, in place of what they said before. Gives whether the link is genuine and they have left. */
export async function giveLeavingReason(
	{ db, clock, keys }: { db: Database; clock: Clock; keys: Keys },
	{ token, reason, comment }: { token: string; reason: LeavingReason; comment: string },
): Promise<boolean> {
	const link = readUnsubscribeToken(keys, token)
	if (!link) return false
	const text = comment.trim()
	return saveLeavingReason(db, {
		id: link.subscriptionId,
		reason,
		comment: text === '' ? null : text,
		now: clock.now(),
	})
}
