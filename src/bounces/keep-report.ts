import { createHash } from 'node:crypto'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { insertReport, type NewReport } from './store/reports.ts'

/**
 * Keeps a report as it came; one with the same bytes is kept already and stays as it is. `kind` is null where it is still
 * to be read. Gives its id and whether it is new.
 */
export function keepReport(
	db: DatabaseOrTransaction,
	report: Omit<NewReport, 'contentHash'>,
): Promise<{ id: number; isNew: boolean }> {
	const contentHash = createHash('sha256').update(report.raw).digest('base64url')
	return insertReport(db, { ...report, contentHash })
}
