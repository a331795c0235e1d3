import { draftDays } from '../digests/index.ts'
import type { DataKind } from '../kernel/enumerations.ts'
import { sessionDays } from '../staff/index.ts'
import { importDays, requestDays } from '../subscriptions/index.ts'
import { webhookLogDays } from '../webhooks/index.ts'

/** The settings that say for how many days data is kept; 0: for good. */
export type RetentionConfig = Readonly<{
	unconfirmedDays: number
	noticeDays: number
	leftDays: number
	receiptDays: number
	retentionDays: number
	bounceReportDays: number
	bounceEventDays: number
	auditDays: number
}>

/** How a kind of data ends. `memory`: with the process; `while_needed`: with what it belongs to. */
export type KindOfData = { kind: DataKind } & (
	| { setting: string; days: (config: RetentionConfig) => number }
	| { setting: null; days: number | 'for_good' | 'while_needed' | 'memory' }
)

/** Every kind of data that Envoi keeps, those with persons first. */
export const kindsOfData: readonly KindOfData[] = [
	{ kind: 'readers', setting: null, days: 'while_needed' },
	{ kind: 'signups', setting: 'UNCONFIRMED_DAYS', days: (config) => config.unconfirmedDays },
	{ kind: 'links', setting: 'UNCONFIRMED_DAYS', days: (config) => config.unconfirmedDays },
	{ kind: 'requests', setting: null, days: requestDays },
	{ kind: 'notices', setting: 'NOTICE_DAYS', days: (config) => config.noticeDays },
	{ kind: 'former_readers', setting: 'LEFT_DAYS', days: (config) => config.leftDays },
	{ kind: 'receipts', setting: 'RECEIPT_DAYS', days: (config) => config.receiptDays },
	{ kind: 'deliveries', setting: 'RETENTION_DAYS', days: (config) => config.retentionDays },
	{ kind: 'reports', setting: 'BOUNCE_REPORT_DAYS', days: (config) => config.bounceReportDays },
	{ kind: 'bounce_events', setting: 'BOUNCE_EVENT_DAYS', days: (config) => config.bounceEventDays },
	{ kind: 'audit', setting: 'AUDIT_DAYS', days: (config) => config.auditDays },
	{ kind: 'staff', setting: null, days: 'while_needed' },
	{ kind: 'staff_sessions', setting: null, days: sessionDays },
	{ kind: 'drafts', setting: null, days: draftDays },
	{ kind: 'webhook_messages', setting: null, days: webhookLogDays },
	{ kind: 'limits', setting: null, days: 1 },
	{ kind: 'imports', setting: null, days: importDays },
	{ kind: 'captured_mail', setting: null, days: 'memory' },
	{ kind: 'suppressions', setting: null, days: 'for_good' },
	{ kind: 'digests', setting: null, days: 'for_good' },
]
