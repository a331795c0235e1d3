import type { Database } from '../kernel/database.ts'
import { type SuppressionFilter, type SuppressionRow, selectSuppressions } from './store.ts'

/** Suppressions, the newest first, a page at a time: those behind `before`. */
export function listSuppressions(
	{ db }: { db: Database },
	filter: SuppressionFilter,
): Promise<SuppressionRow[]> {
	return selectSuppressions(db, filter)
}
