import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Locale } from './messages.ts'
import type { Permission } from './permissions.ts'

/**
 * The tables as SQL gives and takes them (`src/db/migrations`). Each is written by one folder's `store.ts`.
 * Identifiers are whole numbers, times are instants.
 */
export type Tables = {
	installation: InstallationTable
	newsletters: NewslettersTable
	newsletter_texts: NewsletterTextsTable
	subscribers: SubscribersTable
	subscriptions: SubscriptionsTable
	confirmations: ConfirmationsTable
	notices: NoticesTable
	consent_receipts: ConsentReceiptsTable
	suppressions: SuppressionsTable
	sources: SourcesTable
	stories: StoriesTable
	digests: DigestsTable
	digest_stories: DigestStoriesTable
	digest_schedules: DigestSchedulesTable
	missed_digests: MissedDigestsTable
	renditions: RenditionsTable
	pictures: PicturesTable
	deliveries: DeliveriesTable
	delivery_tallies: DeliveryTalliesTable
	bounce_reports: BounceReportsTable
	bounce_events: BounceEventsTable
	bounce_alerts: BounceAlertsTable
	api_keys: ApiKeysTable
	webhook_receipts: WebhookReceiptsTable
	audit_entries: AuditEntriesTable
}

/** A time that SQL sets where none is given. */
type Stamp = ColumnType<Date, Date | undefined, Date>

/** Why sending is held until staff says that this database shall send. */
export type HoldReason = 'other_installation' | 'other_place' | 'older_backup'

type InstallationTable = {
	singleton: Generated<boolean>
	id: string | null
	/** What a copy of the database can't have. */
	place: string | null
	/** Rises while Envoi runs, and is kept outside of the database too. */
	generation: number
	held_since: Date | null
	held_reason: HoldReason | null
}

type NewslettersTable = {
	id: Generated<number>
	slug: string
	default_locale: Locale
	from_address: string
	reply_to: string | null
	list_id_domain: string
	postal_address: string | null
	contact: string | null
	colour: string
	logo_url: string | null
	sites: ColumnType<string[], string[] | undefined, string[]>
	story_limit: Generated<number>
	story_max_age_days: Generated<number>
	story_order: Generated<'newest_first' | 'oldest_first'>
	untranslated: Generated<'skip' | 'include'>
	schedule_cron: string | null
	schedule_time_zone: string | null
	schedule_quiet_from: string | null
	schedule_quiet_to: string | null
	schedule_misfire_minutes: number | null
	created_at: Stamp
	updated_at: Stamp
}

type NewsletterTextsTable = {
	newsletter_id: number
	locale: Locale
	name: string
	description: string
	from_name: string
	subject_pattern: string
	preheader_pattern: string
	consent_wording: string
	consent_version: number
}

type SubscribersTable = {
	id: Generated<number>
	local_part: string
	domain: string
	comparable_address: string
	/** `hashAddress` of it: what `suppressions` know the address by. */
	address_hash: string
	created_at: Stamp
}

export type SubscriptionState = 'pending' | 'active' | 'unsubscribed'

type SubscriptionsTable = {
	id: Generated<number>
	newsletter_id: number
	subscriber_id: number
	locale: Locale
	state: SubscriptionState
	confirmed_at: Date | null
	unsubscribed_at: Date | null
	unsubscribe_reason: string | null
	unsubscribe_comment: string | null
	created_at: Stamp
	updated_at: Stamp
}

type ConfirmationsTable = {
	token_hash: string
	subscription_id: number
	locale: Locale
	created_at: Stamp
	expires_at: Date
	used_at: Date | null
}

export type NoticeKind = 'confirm' | 'already_active' | 'suppressed'

type NoticesTable = {
	id: Generated<number>
	subscription_id: number
	locale: Locale
	kind: NoticeKind | null
	state: Generated<'due' | 'sending' | 'accepted' | 'refused' | 'in_doubt' | 'withheld'>
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
	created_at: Stamp
	finished_at: Date | null
}

export type ConsentAction = 'requested' | 'confirmed' | 'unsubscribed' | 'resubscribed'

type ConsentReceiptsTable = {
	id: Generated<number>
	subscription_id: number
	action: ConsentAction
	wording: string | null
	wording_version: number | null
	locale: Locale
	page: string
	ip: string | null
	at: Stamp
}

export type SuppressionReason = 'dead_address' | 'mailbox_unusable' | 'complaint' | 'staff'

type SuppressionsTable = {
	address_hash: string
	reason: SuppressionReason
	evidence: string | null
	created_at: Stamp
	lifted_at: Date | null
}

type SourcesTable = {
	id: Generated<number>
	newsletter_id: number
	url: string
	locale: Locale
	topics: string[]
	state: Generated<'active' | 'gone' | 'paused'>
	etag: string | null
	last_modified: string | null
	moved_to: string | null
	moved_times: Generated<number>
	next_poll_at: Date
	last_polled_at: Date | null
	first_read_at: Date | null
	failures: Generated<number>
	/** Why it could not be read: a `FeedProblem`, and what the other side said. */
	problem: string | null
	problem_detail: string | null
	unread_date: string | null
	/** How many of the newest stories are no backlog at the first read. */
	include_latest: Generated<number>
	created_at: Stamp
}

type StoriesTable = {
	id: Generated<number>
	newsletter_id: number
	source_id: number | null
	external_id: string | null
	link: string | null
	/** What makes two links the same: scheme, `www.` and tracking parameters don't count. */
	link_key: string | null
	locale: Locale
	title: string
	summary: string
	image_url: string | null
	image_alt: string | null
	author: string | null
	categories: string[]
	topics: string[]
	published_at: Date
	first_seen_at: Date
	backlog: Generated<boolean>
	hidden_at: Date | null
	translation_group: number | null
	/** When staff changed its texts: from then on its source no longer does. */
	edited_at: Date | null
}

export type DigestState = 'planning' | 'sending' | 'paused' | 'completed' | 'cancelled'
export type DigestTrigger = 'staff' | 'api' | 'schedule'

/** How many candidates there were and why some of them get nothing. `planned` + the sum of `excluded` = `candidates`. */
export type AudienceSums = { candidates: number; planned: number; excluded: Record<string, number> }

/** How many rows of the ledger are in a state; with the reason where they were excluded after planning. */
export type DeliverySums = Array<{ state: DeliveryState; reason: string | null; count: number }>

type DigestsTable = {
	id: Generated<number>
	newsletter_id: number
	public_id: string
	state: DigestState
	trigger: DigestTrigger
	trigger_key: string | null
	trigger_fingerprint: string | null
	audience: JSONColumnType<AudienceSums> | null
	created_at: Stamp
	planned_at: Date | null
	completed_at: Date | null
	/** By the database's clock. */
	state_since: Stamp
	/** Since when the log has said that it makes no progress. */
	stalled_since: Date | null
	/** What the ledger came to, once its rows are gone. */
	ledger_sums: JSONColumnType<DeliverySums> | null
}

type DigestStoriesTable = {
	digest_id: number
	locale: Locale
	story_id: number
	position: number
}

type DigestSchedulesTable = {
	newsletter_id: number
	cron: string
	time_zone: string
	last_occurrence: Date
}

type MissedDigestsTable = {
	id: Generated<number>
	newsletter_id: number
	occurrence: Date
	found_at: Date
	state: Generated<'waiting' | 'sent' | 'dropped'>
	decided_at: Date | null
}

type PicturesTable = {
	url: string
	/** Null, as the height, where it could not be measured. */
	width: number | null
	height: number | null
	measured_at: Date
}

type RenditionsTable = {
	id: Generated<number>
	digest_id: number
	locale: Locale
	subject: string
	preheader: string
	html: string
	text: string
	/** What "view in browser" shows: without any reader's own links. */
	web_html: string
	/** What stands in `html` and `text` where a reader's own links go: unguessable, so that no story can hold it. */
	slot_nonce: string
	story_count: number
	dropped_stories: number
}

export type DeliveryState =
	| 'planned'
	| 'sending'
	| 'accepted'
	| 'refused'
	| 'in_doubt'
	| 'excluded'
	| 'bounced'
	| 'complained'

type DeliveriesTable = {
	digest_id: number
	subscription_id: number
	rendition_id: number
	state: Generated<DeliveryState>
	due_at: Stamp
	attempts: Generated<number>
	worker: string | null
	lease_until: Date | null
	/** When it was first put off by a temporary refusal. */
	first_deferred_at: Date | null
	/** The relay's reply, or why nothing was sent. */
	reply: string | null
	/** The attempt whose refusal has become a bounce event. */
	refusal_recorded: number | null
	changed_at: Stamp
}

/** Written by a trigger on `deliveries`: how many rows came into a state, less those that left it. */
type DeliveryTalliesTable = {
	digest_id: number
	backend: number
	state: DeliveryState
	/** Why, where the state is `excluded`; else empty. */
	reason: string
	count: number
	progress_at: Date | null
}

type BounceReportsTable = {
	id: Generated<number>
	via: string
	content_hash: string
	raw: Buffer
	received_at: Date
	/** What it was read as; null while it waits to be read. */
	kind: string | null
	attempts: Generated<number>
}

export type BounceEventKind = 'bounce' | 'complaint' | 'delivered'

type BounceEventsTable = {
	id: Generated<number>
	external_id: string
	report_id: number | null
	via: string
	kind: BounceEventKind
	class: string
	hard: boolean
	status: string
	reply: string
	/** Without addresses. */
	diagnostic: string
	/** Which proof tied it to a delivery; null where there was none. */
	matched_by: string | null
	digest_id: number | null
	subscription_id: number | null
	address_hash: string | null
	domain: string | null
	effect: Generated<'none' | 'suppressed' | 'unsubscribed'>
	occurred_at: Date
	recorded_at: Date
}

type BounceAlertsTable = {
	id: Generated<number>
	alert_key: string
	digest_id: number | null
	relay: string | null
	reason: string | null
	events: number
	/** Of how many deliveries, where it is about a digest. */
	planned: number | null
	classes: JSONColumnType<Record<string, number>>
	domains: JSONColumnType<Record<string, number>>
	raised_at: Date
	updated_at: Date
	/** When something was held back because of it. */
	held_at: Date | null
	closed_at: Date | null
}

type ApiKeysTable = {
	id: Generated<number>
	name: string
	key_hash: string
	created_at: Stamp
	last_used_at: Date | null
	revoked_at: Date | null
	scopes: Permission[] | null
}

type WebhookReceiptsTable = {
	receipt_hash: string
	received_at: Date
	/** When its events were recorded. */
	done_at: Date | null
}

type AuditEntriesTable = {
	id: Generated<number>
	actor: string
	action: string
	subject: string
	detail: string | null
	at: Stamp
}
