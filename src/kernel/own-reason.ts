/**
 * Why Envoi itself, and no relay, sent nothing, sends nothing for now, or can't tell what became of a message. The
 * sentences are `reasons.*` of the texts.
 */
export const ownReasons = [
	'no_smtputf8',
	'too_large',
	'not_composed',
	'broke_off',
	'worker_lost',
	'no_sign_in',
	'connection_lost',
	'lost_at_end',
	'unexpected_reply',
	'day_full',
	'our_fault',
	'unstorable',
	'held_quota',
	'held_rate',
	'held_account',
	'held_sender',
	'held_sign_in',
] as const

export type OwnReason = (typeof ownReasons)[number]

/**
 * A reason as it is kept where else a relay's reply stands, so that each reader is told in their language. `detail` is
 * a number, or what somebody else said.
 */
export function ownReason(reason: OwnReason, detail: string | number = ''): string {
	return `envoi: ${reason} ${detail}`.trimEnd()
}

/** Takes a kept reason apart again; undefined where it is somebody else's words. */
export function readOwnReason(kept: string): { reason: string; detail: string } | undefined {
	const [, reason, detail] = /^envoi: (\w+)(?: (.*))?$/s.exec(kept) ?? []
	return reason === undefined ? undefined : { reason, detail: detail ?? '' }
}
