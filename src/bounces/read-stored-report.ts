import type { Report, ReportKind } from '../returned-mail/index.ts'
import { openMail, readReport } from '../returned-mail/index.ts'
import { chooseRecipient } from './choose-recipient.ts'
import { eventsOfReport } from './events-of-report.ts'
import { type RecordDeps, recordEvents } from './record-events.ts'
import type { RecordResult } from './reported-event.ts'
import { beginReading, deleteReport, endReading, type StoredReport } from './store/reports.ts'

/** What a report was read as, and what became of each recipient that it names. */
export type ReadResult = { kind: ReportKind | 'unreadable'; results: RecordResult[] }

/** After this many attempts that came to no end a report is left to staff: it must not keep a worker busy for ever. */
const maxAttempts = 5

/**
 * Reads a report that was stored and records what it says; undefined where that has been done. An automatic answer
 * is of no use, so not even it itself is kept.
 */
export async function readStoredReport(deps: RecordDeps, id: number): Promise<ReadResult | undefined> {
	const stored = await beginReading(deps.db, id)
	if (!stored) return undefined
	if (stored.attempts > maxAttempts) {
		deps.log.error({ reportId: id, attempts: stored.attempts }, 'a report could not be read')
		await endReading(deps.db, id, 'unreadable')
		return { kind: 'unreadable', results: [] }
	}
	const { report, occurredAt } = understand(stored)
	const events = eventsOfReport(report, { via: stored.via, contentHash: stored.contentHash, occurredAt })
	const results = await recordEvents(deps, await chooseRecipient(deps, events), id)
	if (report.kind === 'auto-reply') await deleteReport(deps.db, id)
	else await endReading(deps.db, id, report.kind)
	deps.log.info({ reportId: id, kind: report.kind, events: results.length }, 'a report was read')
	return { kind: report.kind, results }
}

function understand(stored: StoredReport): { report: Report; occurredAt: Date } {
	const { report, date } = openMail(stored.raw)
	// mail that has lain somewhere is as old as it says
	const isOld = (stored.via === 'imap' || stored.via === 'replay') && date && date <= stored.receivedAt
	const occurredAt = isOld ? date : stored.receivedAt
	const namesNobody = report.kind === 'bounce' && report.recipients.length === 0
	return { report: namesNobody ? readForUnnamed(stored.raw) : report, occurredAt }
}

/** Whom it is about is told by where it came to: that it names nobody must not keep it from being understood. */
function readForUnnamed(raw: Buffer): Report {
	const report = readReport(Buffer.concat([Buffer.from(`X-Failed-Recipients: ${unnamed}\r\n`), raw]))
	return {
		...report,
		recipients: report.recipients.map((recipient) => ({
			...recipient,
			address: '',
			originalAddress: '',
			finalAddress: '',
		})),
	}
}

const unnamed = 'recipient@unnamed.invalid' // RFC 2606 §2
