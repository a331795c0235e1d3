import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { DataEnd, DataKind } from '../kernel/enumerations.ts'
import { kindsOfData, type RetentionConfig } from './kinds-of-data.ts'
import { countDue, selectRuns } from './store.ts'

export type ShowRetentionDeps = { db: Database; clock: Clock; config: RetentionConfig }

/** A kind of data, and for how long it is kept. */
export type KeptData = {
	kind: DataKind
	/** The setting that says so; null: it can't be set. */
	setting: string | null
	ends: DataEnd
	/** Null where it does not end by days. */
	days: number | null
	/** How much is older, and goes the next time; null where nothing goes, or it is not counted. */
	due: number | null
	/** When what was older last went, and how much; null: never yet. */
	applied: { at: Date; removed: number } | null
}

/** Every kind of data that is kept, for how long, what went last and what is due. */
export async function showRetention({ db, clock, config }: ShowRetentionDeps): Promise<KeptData[]> {
	const runs = await selectRuns(db)
	const now = clock.now()
	const deliveredBefore = addDays(now, -config.bounceReportDays)
	const kept: KeptData[] = []
	for (const { kind, setting, ...kindOf } of kindsOfData) {
		const days = typeof kindOf.days === 'function' ? kindOf.days(config) || 'for_good' : kindOf.days
		const isCounted = typeof days === 'number'
		kept.push({
			kind,
			setting,
			ends: isCounted ? 'by_days' : days,
			days: isCounted ? days : null,
			due: isCounted ? await countDue(db, kind, { now, before: addDays(now, -days), deliveredBefore }) : null,
			applied: runs.get(kind) ?? null,
		})
	}
	return kept
}
