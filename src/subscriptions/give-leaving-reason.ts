import { invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Keys } from '../kernel/keys.ts'
import { saveLeavingReason } from './store/subscriptions.ts'
import { readUnsubscribeToken } from './unsubscribe-url.ts'

/** Why people leave: few enough to count, each a sentence in the string catalogs. */
export const leavingReasons = [
	'too_many',
	'not_interested',
	'never_signed_up',
	'hard_to_read',
	'other',
] as const

/** In characters. */
const maxComment = 500

/**
 * Keeps why a person left, in place of what they said before. Gives whether the link is genuine and they have left.
 * Throws `invalid` where no known reason is chosen or the comment is too long.
 */
export async function giveLeavingReason(
	{ db, clock, keys }: { db: Database; clock: Clock; keys: Keys },
	{ token, reason, comment }: { token: string; reason: string; comment: string },
): Promise<boolean> {
	const link = readUnsubscribeToken(keys, token)
	if (!link) return false
	if (!leavingReasons.some((known) => known === reason)) {
		throw invalidField('reason', 'errors.leaving.reason_needed')
	}
	const text = tidy(comment)
	if ([...text].length > maxComment) throw invalidField('comment', 'errors.leaving.comment_too_long')
	return saveLeavingReason(db, {
		id: link.subscriptionId,
		reason,
		comment: text === '' ? null : text,
		now: clock.now(),
	})
}

/** A browser counts a line break as one character and sends two; other control characters have no place in a text. */
function tidy(comment: string): string {
	return comment
		.replace(/\r\n?/g, '\n')
		.replace(/[^\P{Cc}\n\t]/gu, '')
		.trim()
}
