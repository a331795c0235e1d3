export { type ClassifiedReply, classifyReply, type SmtpStage } from '../refusals/index.ts'
export type { RecipientAction, Report, ReportedRecipient, ReportIdentifiers } from '../returned-mail/index.ts'
export { readReport } from '../returned-mail/index.ts'
export { createInboundReceiver } from './create-inbound-receiver.ts'
export { createMailboxReceiver, type MailboxDeps } from './create-mailbox-receiver.ts'
export { type DigestStatus, digestStatus } from './digest-status.ts'
export { forgetReports } from './forget-reports.ts'
export {
	countBouncesByDomain,
	countBouncesOfDigest,
	getBounce,
	getRawReport,
	listBounces,
	listFaultWords,
} from './list-bounces.ts'
export { listReturned, listUnmatched, type ReturnedMail } from './list-returned.ts'
export { openWebhooks, type Webhooks } from './providers/open-webhooks.ts'
export { type ReceiveWebhookDeps, receiveWebhook, type WebhookOutcome } from './providers/receive-webhook.ts'
export { type PruneReportsDeps, pruneReports } from './prune-reports.ts'
export { type ReadResult, readStoredReport } from './read-stored-report.ts'
export { reconcileBounces } from './reconcile-bounces.ts'
export { type RecordDeps, recordEvents } from './record-events.ts'
export { recordRefusals } from './record-refusals.ts'
export { replayReport } from './replay-report.ts'
export type { EventIdentifiers, RecordResult, ReportedEvent } from './reported-event.ts'
export type { UnreadReports } from './store/reports.ts'
export type { ReturnedCursor, UnmatchedRow } from './store/returned.ts'
