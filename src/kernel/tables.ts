import type {
	BounceAlertsTable,
	BounceEventsTable,
	BounceReportsTable,
	WebhookReceiptsTable,
} from './tables/bounces.ts'
import type {
	DeliveriesTable,
	DeliveryTalliesTable,
	DigestProvidersTable,
	ProviderTalliesTable,
} from './tables/deliveries.ts'
import type {
	ArchivePagesTable,
	ChangedReadersTable,
	DigestProfilesTable,
	DigestSchedulesTable,
	DigestsTable,
	MissedDigestsTable,
	RenditionsTable,
	VariantStoriesTable,
	VariantsTable,
} from './tables/digests.ts'
import type {
	DigestDraftsTable,
	DraftApprovalsTable,
	DraftLooksTable,
	DraftVersionsTable,
	DraftVisitsTable,
} from './tables/drafts.ts'
import type {
	ImportEvidenceTable,
	ImportFilePartsTable,
	ImportRowsTable,
	ImportsTable,
} from './tables/imports.ts'
import type {
	LogosTable,
	NewslettersTable,
	NewsletterTextsTable,
	TestListsTable,
} from './tables/newsletters.ts'
import type {
	ApiKeysTable,
	AuditEntriesTable,
	InstallationTable,
	RelayTestsTable,
	RetentionRunsTable,
} from './tables/operation.ts'
/**
 * The tables as SQL gives and takes them (`src/db/migrations`). Each is written by one folder's `store.ts`.
 * Identifiers are whole numbers, times are instants.
 */ import type { SignupAttackCountsTable, SignupAttacksTable } from './tables/protection.ts'
import type {
	StaffLinksTable,
	StaffMembersTable,
	StaffOccasionMailsTable,
	StaffOccasionsTable,
	StaffRecoveryCodesTable,
	StaffSessionsTable,
} from './tables/staff.ts'
import type { PicturesTable, SourcesTable, StoriesTable } from './tables/stories.ts'
import type {
	ChoiceProfilesTable,
	ConfirmationsTable,
	ConsentReceiptsTable,
	NoticesTable,
	ReaderRequestsTable,
	SignupHostsTable,
	SubscribersTable,
	SubscriptionsTable,
	SuppressionsTable,
	WaitingSignupsTable,
} from './tables/subscriptions.ts'
import type { TopicRulesTable, TopicsTable, TopicTextsTable } from './tables/topics.ts'
import type { WebhookAttemptsTable, WebhookEndpointsTable, WebhookMessagesTable } from './tables/webhooks.ts'

export type Tables = {
	installation: InstallationTable
	newsletters: NewslettersTable
	newsletter_texts: NewsletterTextsTable
	test_lists: TestListsTable
	logos: LogosTable
	topics: TopicsTable
	topic_texts: TopicTextsTable
	topic_rules: TopicRulesTable
	subscribers: SubscribersTable
	subscriptions: SubscriptionsTable
	signup_hosts: SignupHostsTable
	waiting_signups: WaitingSignupsTable
	choice_profiles: ChoiceProfilesTable
	confirmations: ConfirmationsTable
	reader_requests: ReaderRequestsTable
	notices: NoticesTable
	signup_attacks: SignupAttacksTable
	signup_attack_counts: SignupAttackCountsTable
	consent_receipts: ConsentReceiptsTable
	suppressions: SuppressionsTable
	imports: ImportsTable
	import_evidence: ImportEvidenceTable
	import_file_parts: ImportFilePartsTable
	import_rows: ImportRowsTable
	sources: SourcesTable
	stories: StoriesTable
	digests: DigestsTable
	variants: VariantsTable
	variant_stories: VariantStoriesTable
	digest_profiles: DigestProfilesTable
	changed_readers: ChangedReadersTable
	digest_schedules: DigestSchedulesTable
	missed_digests: MissedDigestsTable
	renditions: RenditionsTable
	archive_pages: ArchivePagesTable
	pictures: PicturesTable
	deliveries: DeliveriesTable
	delivery_tallies: DeliveryTalliesTable
	digest_providers: DigestProvidersTable
	provider_tallies: ProviderTalliesTable
	bounce_reports: BounceReportsTable
	bounce_events: BounceEventsTable
	bounce_alerts: BounceAlertsTable
	api_keys: ApiKeysTable
	webhook_receipts: WebhookReceiptsTable
	webhook_endpoints: WebhookEndpointsTable
	webhook_messages: WebhookMessagesTable
	webhook_attempts: WebhookAttemptsTable
	audit_entries: AuditEntriesTable
	retention_runs: RetentionRunsTable
	relay_tests: RelayTestsTable
	digest_drafts: DigestDraftsTable
	draft_versions: DraftVersionsTable
	draft_approvals: DraftApprovalsTable
	draft_looks: DraftLooksTable
	draft_visits: DraftVisitsTable
	staff_members: StaffMembersTable
	staff_links: StaffLinksTable
	staff_sessions: StaffSessionsTable
	staff_recovery_codes: StaffRecoveryCodesTable
	staff_occasions: StaffOccasionsTable
	staff_occasion_mails: StaffOccasionMailsTable
}
