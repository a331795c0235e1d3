import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { deleteEventsBefore } from './store/events.ts'
import { deleteReportsBefore } from './store/reports.ts'

export type PruneReportsDeps = {
	db: Database
	clock: Clock
	log: Log
	config: { bounceReportDays: number; bounceEventDays: number }
}

/**
 * Forgets reports, which hold addresses, after a while, and what was read from them after a longer one (GDPR art.
 * 5(1)(e)). That mail was delivered is of use for no longer than its report. Gives how many of each went.
 */
export async function pruneReports({
	db,
	clock,
	log,
	config,
}: PruneReportsDeps): Promise<{ reports: number; bounce_events: number }> {
	const now = clock.now()
	const reportsBefore = addDays(now, -config.bounceReportDays)
	const reports = await deleteReportsBefore(db, reportsBefore)
	const events = await deleteEventsBefore(db, addDays(now, -config.bounceEventDays), reportsBefore)
	log.info({ reports, events }, 'old reports of returned mail were pruned')
	return { reports, bounce_events: events }
}
