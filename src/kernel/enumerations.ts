/**
 * Every word that a column or an answer of the API chooses from: one list each, from which types, checks and answers derive.
 * The order of a list is the order in which the API document names its words.
 */

/** Why sending is held until staff says that this database shall send. */
export const holdReasons = ['other_installation', 'other_place', 'older_backup'] as const
export type HoldReason = (typeof holdReasons)[number]

/** The order of stories within a digest. */
export const storyOrders = ['newest_first', 'oldest_first'] as const
export type StoryOrder = (typeof storyOrders)[number]

/** Whether past digests are on the web: not at all, for people only, or for search engines too. */
export const archiveModes = ['off', 'unindexed', 'public'] as const
export type ArchiveMode = (typeof archiveModes)[number]

/** What becomes of a story that is missing in a reader's language. */
export const untranslatedRules = ['skip', 'include'] as const
export type UntranslatedRule = (typeof untranslatedRules)[number]

/** What the form to subscribe may ask for beside the address. */
export const signupQuestions = ['topics', 'language', 'given_name'] as const
export type SignupQuestion = (typeof signupQuestions)[number]

/** How often a reader is mailed: each digest, or a round-up of what came since the last one. A digest is of one of the kinds. */
export const rhythms = ['each', 'round_up'] as const
export type Rhythm = (typeof rhythms)[number]

export const subscriptionStates = ['pending', 'active', 'unsubscribed'] as const
export type SubscriptionState = (typeof subscriptionStates)[number]

/** Why a mail to one person is due that answers no sign-up. */
export const noticePurposes = ['reminder', 'lost_link', 'welcome', 'import'] as const
export type NoticePurpose = (typeof noticePurposes)[number]

/** What a reader asks for and proves by a link in a mail. */
export const requestKinds = ['change_address', 'send_data', 'erase'] as const
export type RequestKind = (typeof requestKinds)[number]

/**
 * Which mail it is: please confirm, you are subscribed already, or a way back after a suppression; what a reader asked for,
 * and word to the old address that there is a new one; a reminder to confirm, the link to one's choices, a welcome; whether who was
 * imported still wants it.
 */
export const noticeKinds = [
	'confirm',
	'already_active',
	'suppressed',
	...requestKinds,
	'address_changed',
	'reminder',
	'choices',
	'welcome',
	'still_wanted',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

export const finalNoticeStates = ['accepted', 'refused', 'in_doubt', 'withheld'] as const
export type FinalNoticeState = (typeof finalNoticeStates)[number]
export type NoticeState = 'due' | 'sending' | FinalNoticeState

export const consentActions = [
	'requested',
	'confirmed',
	'imported',
	'unsubscribed',
	'resubscribed',
	'chosen',
	'paused',
	'resumed',
	'named',
	'moved',
	'erased',
] as const
export type ConsentAction = (typeof consentActions)[number]

/** `erased`: the person was erased; whoever signs up and confirms anew is mailed again. */
export const suppressionReasons = [
	'dead_address',
	'mailbox_unusable',
	'complaint',
	'staff',
	'erased',
] as const
export type SuppressionReason = (typeof suppressionReasons)[number]

/** `gone`: the source answered 410 and is never asked again by itself. */
export const sourceStates = ['active', 'paused', 'gone'] as const
export type SourceState = (typeof sourceStates)[number]

export const digestStates = ['planning', 'sending', 'paused', 'completed', 'cancelled'] as const
export type DigestState = (typeof digestStates)[number]

export const digestTriggers = ['staff', 'api', 'schedule'] as const
export type DigestTrigger = (typeof digestTriggers)[number]

export const missedDigestStates = ['waiting', 'sent', 'dropped'] as const
export type MissedDigestState = (typeof missedDigestStates)[number]

export const deliveryStates = [
	'planned',
	'sending',
	'accepted',
	'refused',
	'in_doubt',
	'excluded',
	'bounced',
	'complained',
] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** What a refusal or a report means for us: docs/bounces.md. */
export const bounceClasses = [
	'address',
	'mailbox-full',
	'temporary',
	'content',
	'policy',
	'sender',
	'complaint',
	'unknown',
] as const
export type BounceClass = (typeof bounceClasses)[number]

/** A notice of delay is no event; `delivered` proves that the address takes mail. */
export const bounceEventKinds = ['bounce', 'complaint', 'delivered'] as const
export type BounceEventKind = (typeof bounceEventKinds)[number]

/** What a returned mail is. A notice that a delivery is late is `none`: it asks for nothing. */
export const reportKinds = [...bounceEventKinds, 'auto-reply', 'none'] as const
export type ReportKind = (typeof reportKinds)[number]

/** `unreadable`: reading it came to no end, several times. */
export const storedReportKinds = [...reportKinds, 'unreadable'] as const
export type StoredReportKind = (typeof storedReportKinds)[number]

/** What proved that an event is about a delivery of ours: docs/decisions/what-a-report-proves.md. */
export const proofs = [
	'return_path',
	'envelope_id',
	'returned_path',
	'message_id',
	'unsubscribe_url',
	'address',
] as const
export type Proof = (typeof proofs)[number]

/** `suppressed`: the address is not mailed any more; `unsubscribed`: the subscription is ended, by a complaint or a link. */
export const eventEffects = ['none', 'suppressed', 'unsubscribed'] as const
export type EventEffect = (typeof eventEffects)[number]

/** What became of an event. `unmatched`: nothing in it proves that it is about mail of ours, so nothing follows from it. */
export const recordOutcomes = ['recorded', 'known', 'unmatched'] as const
export type RecordOutcome = (typeof recordOutcomes)[number]

/** What the history of a person is made of. */
export const readerEventKinds = ['consent', 'notice', 'digest', 'report', 'suppression'] as const
export type ReaderEventKind = (typeof readerEventKinds)[number]

/** Why a digest was not planned for a person. `forgotten`: its deliveries are too old to be kept. */
export const missReasons = [
	'not_subscribed',
	'not_planned_yet',
	'forgotten',
	'joined_later',
	'pending',
	'unsubscribed',
	'suppressed',
	'paused',
	'other_rhythm',
	'nothing_for_choices',
	'choices_changed',
	'unknown',
] as const
export type MissReason = (typeof missReasons)[number]

/**
 * How a subscription came: from Envoi's own page, from a form on another site, from a program, from a file; `unknown`: before
 * this was written down.
 */
export const subscriptionSources = ['page', 'form', 'api', 'import', 'unknown'] as const
export type SubscriptionSource = (typeof subscriptionSources)[number]

/**
 * How far an import is: looked at, the whole file being checked or checked, being added, added, being taken back, taken back;
 * `failed`: given up.
 */
export const importStates = [
	'looked',
	'checking',
	'checked',
	'running',
	'done',
	'undoing',
	'undone',
	'failed',
] as const
export type ImportState = (typeof importStates)[number]

/**
 * What becomes of a row of a file. `known`: a reader already, and `changed` where its name or choices are taken over; `left`:
 * had unsubscribed here; `arrives_left`: unsubscribed by the file; `removed`: added and taken back.
 */
export const importOutcomes = [
	'new',
	'known',
	'changed',
	'left',
	'erased',
	'suppressed',
	'arrives_left',
	'arrives_suppressed',
	'unusable',
	'duplicate',
	'removed',
] as const
export type ImportOutcome = (typeof importOutcomes)[number]

/** How a file says that somebody stands. */
export const importedStates = ['active', 'unsubscribed', 'bounced', 'complained'] as const
export type ImportedState = (typeof importedStates)[number]

/** Why the persons of a file may be mailed: they asked for it; they are members, donors or volunteers; nobody knows. */
export const consentBases = ['asked', 'members', 'unsure'] as const
export type ConsentBasis = (typeof consentBases)[number]

/** What of readers who are here already a file may change. */
export const importOverwrites = ['names', 'choices'] as const
export type ImportOverwrite = (typeof importOverwrites)[number]

/** By what the growth of a newsletter is summed up. */
export const growthPeriods = ['day', 'week', 'month'] as const
export type GrowthPeriod = (typeof growthPeriods)[number]

/** What is counted of a newsletter by day; `bounced`: its address is not mailed any more, as mail came back. */
export const subscriberDayKinds = [
	'joined',
	'confirmed',
	'came_back',
	'bounced',
	'left_page',
	'left_one_click',
	'left_mail',
	'left_complaint',
	'left_staff',
] as const
export type SubscriberDayKind = (typeof subscriberDayKinds)[number]
export type WayOfLeaving = Extract<SubscriberDayKind, `left_${string}`>

/** What Envoi keeps, by for how long: `src/retention/kinds-of-data.ts` has the settings. */
export const dataKinds = [
	'readers',
	'signups',
	'links',
	'requests',
	'notices',
	'former_readers',
	'receipts',
	'deliveries',
	'reports',
	'bounce_events',
	'audit',
	'staff',
	'staff_sessions',
	'drafts',
	'webhook_messages',
	'limits',
	'imports',
	'captured_mail',
	'suppressions',
	'digests',
] as const
export type DataKind = (typeof dataKinds)[number]

export const dataEnds = ['by_days', 'while_needed', 'memory', 'for_good'] as const
export type DataEnd = (typeof dataEnds)[number]

/** What other programs can be told of. */
export const webhookEvents = [
	'subscriber.subscribed',
	'subscriber.left',
	'subscriber.bounced_out',
	'digest.finished',
] as const
export type WebhookEvent = (typeof webhookEvents)[number]

export const webhookMessageStates = ['due', 'sending', 'delivered', 'failed'] as const
export type WebhookMessageState = (typeof webhookMessageStates)[number]

/** Why a target of a webhook gave no answer. */
export const webhookProblems = ['address', 'forbidden_address', 'timeout', 'unreachable'] as const
export type WebhookProblem = (typeof webhookProblems)[number]

/** `gone`: it answered 410; `failing`: it took nothing for days. */
export const webhookDisabledWhys = ['staff', 'failing', 'gone'] as const
export type WebhookDisabledWhy = (typeof webhookDisabledWhys)[number]
