import { type RecordDeps, readStoredReport } from '../src/bounces/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'

/** Reads a report that came back and does what follows from it. */
export function readReportProcessor(deps: RecordDeps): Processors['read-report'] {
	return async ({ reportId }) => void (await readStoredReport(deps, reportId))
}
