import type { EmailAddress } from '../../../kernel/email-address.ts'
import type { ImportedState, Rhythm, UntranslatedRule } from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'

export type { ImportedState }

/** What of a row was not heeded, though the row is taken; each has a sentence under `errors.import.remark.`. */
export const rowRemarks = [
	/** The domain looks like a slip of a provider's: gmial.com. */
	'domain_slip',
	'name_unusable',
	'language_unknown',
	'topic_unknown',
	'rhythm_unknown',
	'date_unreadable',
] as const
export type RowRemark = (typeof rowRemarks)[number]

/** Why a row can't be used, beside an address that is none (`errors.address.`); sentences under `errors.import.row.`. */
export const rowProblems = [
	'too_long',
	'quote',
	'encoding',
	'unconfirmed',
	'state_unknown',
	'date_order',
] as const
export type RowProblem = (typeof rowProblems)[number]

export type ChosenTopics = { all: boolean; slugs: string[] }

/** A reader as a row of a file tells; null where it tells nothing. */
export type ImportedReader = {
	address: EmailAddress
	givenName: string | null
	/** One of the newsletter's languages. */
	locale: Locale | null
	/** Slugs of the newsletter's topics: all of them and those to come but for these, or these alone. */
	topics: ChosenTopics | null
	rhythm: Rhythm | null
	untranslated: UntranslatedRule | null
	state: ImportedState
	joinedAt: Date | null
	confirmedAt: Date | null
	leftAt: Date | null
	pausedUntil: Date | null
	consentUntil: Date | null
	remarks: RowRemark[]
}

/**
 * `problem`: a key of the string catalogs; `address`: what stood in its place, as text that can be stored; `rest`: what else the row
 * tells, for when somebody corrects the address.
 */
export type ReadReader =
	| { ok: true; reader: ImportedReader }
	| { ok: false; problem: string; address: string; rest?: Omit<ImportedReader, 'address'> }
