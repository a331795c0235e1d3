export type { ReplayAnswer } from './bounces/bounce-answers.ts'
export type { DeliveryPageAnswer, TestAnswer } from './deliveries/routes.ts'
export type {
	DigestAnswer,
	LeftOutAnswer,
	PreviewAnswer,
	ProgressAnswer,
	ResendAnswer,
	TriggeredAnswer,
} from './digests/digest-answers.ts'
export type { ProgressEvent } from './digests/digest-events.ts'
export type { MissedPageAnswer } from './digests/missed-digests.ts'
export type { ImportAnswer, ImportRowPageAnswer } from './imports/import-answers.ts'
export type { InstallationAnswer } from './installation/installation-answer.ts'
export type { ApiKeyAnswer } from './keys/routes.ts'
export type { NewsletterAnswer } from './newsletters/routes.ts'
export type { LeavingAnswer, LeavingCommentsAnswer } from './readers/leaving-routes.ts'
export type {
	DigestForReaderAnswer,
	ErasureAnswer,
	FoundReaderAnswer,
	FoundReadersAnswer,
	ReaderAnswer,
} from './readers/reader-answers.ts'
export type { CountsAnswer, GrowthAnswer, TallyCheckAnswer } from './readers/tally-routes.ts'
export type { ResumedRelays } from './relays/relay-answers.ts'
export type { RetentionAnswer } from './retention/routes.ts'
export type { SourceAnswer } from './sources/routes.ts'
export type { StaffInvitationAnswer, StaffMemberAnswer } from './staff/routes.ts'
export type { StoryAnswer } from './stories/routes.ts'
export type { ImportedSuppressionsAnswer } from './suppressions/routes.ts'
export type { RulePreviewAnswer, TopicAnswer, TopicRuleAnswer } from './topics/topic-answers.ts'
export type { WebhookEndpointAnswer, WebhookMessagesAnswer } from './webhooks/routes.ts'
