import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Schedule } from '../../newsletters/index.ts'
import { findKeptSchedule, type Whose } from './store.ts'

/** Whether the occurrence has not been dealt with; a schedule that was changed just now first comes up later. */
export async function isDue(
	{ db }: { db: DatabaseOrTransaction },
	whose: Whose,
	schedule: Schedule,
	occurrence: Date,
): Promise<boolean> {
	const kept = await findKeptSchedule(db, whose)
	return (
		kept?.cron === schedule.cron && kept.timeZone === schedule.timeZone && occurrence > kept.lastOccurrence
	)
}
