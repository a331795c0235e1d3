/** What staff may be told of by mail. */
export const occasionKinds = [
	/** The schedule has made a draft, or a draft did not go out by itself. */
	'draft_ready',
	/** Somebody asks for an approval, or sent a draft back. */
	'approval',
	'source_broken',
	/** A digest makes no progress, or was paused by itself. */
	'digest_stalled',
	'digest_finished',
	/** An alert: mail comes back, or a relay refuses us. */
	'returned_mail',
	/** Many more people than usual sign up. */
	'signups',
	/** An import that one started is done, or was given up. */
	'import_finished',
	/** An address that was told of events takes nothing any more. */
	'webhook_off',
	/** The caps keep sign-ups back, as in an attack; and that it is over. */
	'signup_attack',
] as const

export type OccasionKind = (typeof occasionKinds)[number]
