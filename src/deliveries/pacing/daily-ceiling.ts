import type { Database } from '../../kernel/database.ts'
import type { WarmUp } from '../../kernel/warm-up.ts'
import { type DayGrant, takeOfDay } from './store.ts'

/** The ceiling of each day while a sender warms up, over all processes. */
export type DailyCeiling = { take(count: number): Promise<DayGrant> }

/**
 * Before the first day its number is used; after the last there is no ceiling. Where the database doesn't answer
 * nothing is granted.
 */
export function createDailyCeiling(db: Database, warmUp: WarmUp): DailyCeiling {
	return {
		take: (count) => takeOfDay(db, warmUp, count).catch(() => ({ granted: 0, ceiling: null, waitMs: 1_000 })),
	}
}
