import type { StoredReportKind } from '../kernel/enumerations.ts'
import { type OpenedMail, openMail } from '../returned-mail/index.ts'
import { eventsOfReport } from './events-of-report.ts'
import { matchReport } from './match-report.ts'
import { type RecordDeps, recordMatched } from './record-events.ts'
import type { RecordResult } from './reported-event.ts'
import { beginReading, deleteReport, endReading, type StoredReport } from './store/reports.ts'

/** What a report was read as, and what became of each recipient that it names. */
export type ReadResult = { kind: StoredReportKind; results: RecordResult[] }

/** After this many attempts that came to no end a report is left to staff: it must not keep a worker busy for ever. */
const maxAttempts = 5

/**
 * Reads a report that was stored and records what it says; undefined where that has been done. An automatic answer
 * is of no use, so not even it itself is kept. `opened` spares reading its bytes again.
 */
export async function readStoredReport(
	deps: RecordDeps,
	id: number,
	opened?: OpenedMail,
): Promise<ReadResult | undefined> {
	const stored = await beginReading(deps.db, id)
	if (!stored) return undefined
	if (stored.attempts > maxAttempts) {
		deps.log.error({ reportId: id, attempts: stored.attempts }, 'a report could not be read')
		await endReading(deps.db, id, 'unreadable')
		return { kind: 'unreadable', results: [] }
	}
	const mail = opened ?? openMail(stored.raw)
	const { report } = mail
	const { via, contentHash } = stored
	const events = eventsOfReport(report, { via, contentHash, occurredAt: timeOf(stored, mail) })
	const results = await recordMatched(deps, await matchReport(deps, events), id)
	if (report.kind === 'auto-reply') await deleteReport(deps.db, id)
	else await endReading(deps.db, id, report.kind)
	deps.log.info({ reportId: id, kind: report.kind, events: results.length }, 'a report was read')
	return { kind: report.kind, results }
}

/** Mail that has lain somewhere is as old as it says. */
function timeOf({ via, receivedAt }: StoredReport, { date }: OpenedMail): Date {
	const mayBeOld = via === 'imap' || via === 'replay'
	return mayBeOld && date && date <= receivedAt ? date : receivedAt
}
