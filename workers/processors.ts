import type { Processors } from '../src/jobs/catalog.ts'
import { continueImportProcessor } from './continue-import.ts'
import { deliverWebhooksProcessor } from './deliver-webhooks.ts'
import { lookForOccasionsProcessor } from './look-for-occasions.ts'
import { planDigestProcessor } from './plan-digest.ts'
import { pollDueSourcesProcessor } from './poll-due-sources.ts'
import { pollSourceProcessor } from './poll-source.ts'
import { pruneProcessor } from './prune.ts'
import { readReportProcessor } from './read-report.ts'
import { reconcileProcessor } from './reconcile.ts'
import { recordRefusalsProcessor } from './record-refusals.ts'
import { recordSignupsProcessor } from './record-signups.ts'
import { runScheduleProcessor } from './run-schedule.ts'
import { sendDigestProcessor } from './send-digest.ts'
import { sendNoticeProcessor } from './send-notice.ts'
import { sendOccasionMailProcessor } from './send-occasion-mail.ts'
import { sendStaffMailProcessor } from './send-staff-mail.ts'
import { startDraftProcessor } from './start-draft.ts'
import { unlessHeld } from './unless-held.ts'

export type ProcessorDeps = { installation: Parameters<typeof unlessHeld>[0] } & Parameters<
	typeof planDigestProcessor
>[0] &
	Parameters<typeof pollDueSourcesProcessor>[0] &
	Parameters<typeof pollSourceProcessor>[0] &
	Parameters<typeof pruneProcessor>[0] &
	Parameters<typeof readReportProcessor>[0] &
	Parameters<typeof reconcileProcessor>[0] &
	Parameters<typeof recordRefusalsProcessor>[0] &
	Parameters<typeof recordSignupsProcessor>[0] &
	Parameters<typeof runScheduleProcessor>[0] &
	Parameters<typeof continueImportProcessor>[0] &
	Parameters<typeof deliverWebhooksProcessor>[0] &
	Parameters<typeof lookForOccasionsProcessor>[0] &
	Parameters<typeof sendOccasionMailProcessor>[0] &
	Parameters<typeof sendStaffMailProcessor>[0] &
	Parameters<typeof startDraftProcessor>[0] &
	Parameters<typeof sendDigestProcessor>[0] &
	Parameters<typeof sendNoticeProcessor>[0]

/** What runs each job of the catalog. */
export function createProcessors(deps: ProcessorDeps): Processors {
	const { installation } = deps
	return {
		// what it makes due waits for itself where sending is held
		'record-signups': recordSignupsProcessor(deps),
		'send-notice': unlessHeld(installation, sendNoticeProcessor(deps)),
		// sends what was asked for since
		'send-staff-mail': sendStaffMailProcessor(deps),
		'look-for-occasions': unlessHeld(installation, lookForOccasionsProcessor(deps)),
		'send-occasion-mail': unlessHeld(installation, sendOccasionMailProcessor(deps)),
		'plan-digest': unlessHeld(installation, planDigestProcessor(deps)),
		'run-schedule': unlessHeld(installation, runScheduleProcessor(deps)),
		'start-draft': unlessHeld(installation, startDraftProcessor(deps)),
		'send-digest': unlessHeld(installation, sendDigestProcessor(deps)),
		'read-report': readReportProcessor(deps),
		'record-refusals': recordRefusalsProcessor(deps),
		'poll-source': pollSourceProcessor(deps),
		'poll-due-sources': pollDueSourcesProcessor(deps),
		// asking people to confirm waits for itself too
		'continue-import': continueImportProcessor(deps),
		'deliver-webhooks': unlessHeld(installation, deliverWebhooksProcessor(deps)),
		reconcile: reconcileProcessor(deps),
		prune: pruneProcessor(deps),
	}
}
