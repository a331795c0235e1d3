import { addDays, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { type SubscriberDay, selectDays } from './store.ts'

export type { SubscriberDay } from './store.ts'

/** Who joined and left a newsletter in the last days, today among them, the oldest first. */
export async function listSubscriberDays(
	{ db, clock }: { db: Database; clock: Clock },
	newsletterId: number,
	days: number,
): Promise<SubscriberDay[]> {
	const since = addDays(clock.now(), 1 - days)
		.toISOString()
		.slice(0, 10)
	return selectDays(db, newsletterId, since)
}
