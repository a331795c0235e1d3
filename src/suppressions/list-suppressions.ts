import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { type SuppressionFilter, type SuppressionRow, selectSuppressions } from './store.ts'

type Deps = { db: Database; clock: Clock }

/** Suppressions, the newest first, a page at a time: those behind `before`. */
export function listSuppressions(
	{ db }: Pick<Deps, 'db'>,
	filter: SuppressionFilter,
): Promise<SuppressionRow[]> {
	return selectSuppressions(db, filter)
}

/** As `listSuppressions`, for a table that leaves the house; with its first page that is written down. */
export async function exportSuppressions(
	deps: Deps,
	filter: SuppressionFilter,
	actor: Actor,
): Promise<SuppressionRow[]> {
	if (!filter.before) await recordAudit(deps, { actor, action: 'export', subject: 'suppressions' })
	return listSuppressions(deps, filter)
}
