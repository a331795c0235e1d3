import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type {
	ConsentAction,
	NoticeKind,
	NoticePurpose,
	NoticeState,
	RequestKind,
	Rhythm,
	SubscriptionSource,
	SubscriptionState,
	SuppressionReason,
	UntranslatedRule,
} from '../enumerations.ts'
import type { Locale } from '../messages.ts'
import type { Stamp } from './stamp.ts'

export type SubscribersTable = {
	id: Generated<number>
	local_part: string
	domain: string
	comparable_address: string
	/** `hashAddress` of it: what `suppressions` know the address by. */
	address_hash: string
	/** As `parseGivenName` takes it; null where none is known. */
	given_name: ColumnType<string | null, string | null | undefined, string | null>
	created_at: Stamp
}

export type SubscriptionsTable = {
	id: Generated<number>
	newsletter_id: number
	subscriber_id: number
	locale: Locale
	state: SubscriptionState
	confirmed_at: Date | null
	unsubscribed_at: Date | null
	unsubscribe_reason: string | null
	unsubscribe_comment: string | null
	/** The reader's choices; null: all topics, by the newsletter's rule, in `locale`. */
	profile_id: number | null
	paused_until: Date | null
	/** Rises with each change of choices. */
	choices_version: Generated<number>
	/** When choices or language last changed, or a pause ended. */
	choices_changed_at: Date | null
	/** How it came. */
	source: Generated<SubscriptionSource>
	/** The site that the form stood on, of those in `signup_hosts`, or `other`; null where it did not say. */
	source_host: ColumnType<string | null, string | null | undefined, string | null>
	/** The import that it came by. */
	import_id: ColumnType<number | null, number | null | undefined, number | null>
	/** When consent ends that was only implied, as that of a donor. */
	consent_until: ColumnType<Date | null, Date | null | undefined, Date | null>
	created_at: Stamp
	updated_at: Stamp
}

/** Sign-ups until they are recorded. */
export type WaitingSignupsTable = {
	id: Generated<number>
	newsletter_id: number
	address_hash: string
	/** Everything else, as `WaitingSignup` has it. */
	signup: unknown
	came_at: Date
}

/** The sites whose forms are counted by name. */
export type SignupHostsTable = { newsletter_id: number; host: string; created_at: Stamp }

/** A combination of choices. Rows are added, never changed. */
export type ChoiceProfilesTable = {
	id: Generated<number>
	newsletter_id: number
	locale: Locale
	/** All topics and those to come but for `topic_ids`; else only those. */
	all_topics: boolean
	/** In ascending order. */
	topic_ids: ColumnType<number[], number[] | undefined, number[]>
	/** Null: the newsletter's rule. */
	untranslated: UntranslatedRule | null
	/** Counts where the newsletter has a round-up. */
	rhythm: Generated<Rhythm>
}

export type ConfirmationsTable = {
	token_hash: string
	subscription_id: number
	locale: Locale
	created_at: Stamp
	expires_at: Date
	used_at: Date | null
	/** What was chosen when signing up: it holds from the confirmation on. */
	wish: JSONColumnType<SignupWish> | null
}

/**
 * Which topics a person wants who signs up; `offered` are those that the form showed, none where it asked for none. The name is
 * the person's only once the address is confirmed.
 */
export type SignupWish = { offered: string[]; topics: string[]; newTopics: boolean; givenName?: string }

export type NoticesTable = {
	id: Generated<number>
	subscription_id: number
	locale: Locale
	kind: NoticeKind | null
	state: Generated<NoticeState>
	attempts: Generated<number>
	due_at: Date
	/** When the last attempt began. */
	started_at: Date | null
	reply: string | null
	/** The mailbox that it goes to, tags and dots folded, by keyed hash. Null in rows of older versions. */
	mailbox_hash: ColumnType<string | null, string | null | undefined, string | null>
	/** Whence it was asked for, by keyed hash, narrowest first; null once it is over. */
	networks: ColumnType<string[] | null, string[] | null | undefined, string[] | null>
	/** Asked for faster than people are. */
	hurried: Generated<boolean>
	/** Without the solution that was asked for. */
	unproven: Generated<boolean>
	/** What was chosen when signing up. */
	wish: JSONColumnType<SignupWish> | null
	/** Null where a sign-up or a request is answered. */
	purpose: ColumnType<NoticePurpose | null, NoticePurpose | null | undefined, NoticePurpose | null>
	/** Null where no request is answered. */
	request_id: ColumnType<number | null, number | null | undefined, number | null>
	created_at: Stamp
	finished_at: Date | null
}

/** What a reader asks for and proves by a link in a mail. */
export type ReaderRequestsTable = {
	id: Generated<number>
	kind: RequestKind
	subscription_id: number
	subscriber_id: number
	/** Of a change of address. */
	new_subscriber_id: number | null
	locale: Locale
	/** Null until the mail is sent. */
	token_hash: string | null
	created_at: Stamp
	expires_at: Date
	used_at: Date | null
	undo_token_hash: string | null
	/** What a change of address did, to be taken back. */
	moves: JSONColumnType<Move[]> | null
	undone_at: Date | null
}

/** What became of a subscription that moved to another address; `swapped`: with one that had been left there. */
export type Move = { id: number; how: 'moved' | 'ended' } | { id: number; how: 'swapped'; with: number }

export type ConsentReceiptsTable = {
	id: Generated<number>
	/** Null where the person was erased. */
	subscription_id: number | null
	/** Of the newsletter and, as a keyed hash, of the address that it was about, where the person was erased. */
	newsletter_id: ColumnType<number | null, number | null | undefined, number | null>
	address_hash: ColumnType<string | null, string | null | undefined, string | null>
	action: ConsentAction
	wording: string | null
	wording_version: number | null
	locale: Locale
	page: string
	ip: string | null
	/** What was chosen, as it stood from then on. */
	choices: JSONColumnType<object> | null
	at: Stamp
}

export type SuppressionsTable = {
	address_hash: string
	reason: SuppressionReason
	evidence: string | null
	created_at: Stamp
	lifted_at: Date | null
}
