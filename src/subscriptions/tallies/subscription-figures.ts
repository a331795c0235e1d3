import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { SubscriberDayKind, SubscriptionSource, SubscriptionState } from '../../kernel/enumerations.ts'
import { selectSumsByNewsletter, selectSumsOfDay } from './store.ts'

/** What the metrics show of all newsletters, from the tallies. */
export type SubscriptionFigures = {
	subscriptions: Array<{
		newsletter: string
		state: SubscriptionState
		source: SubscriptionSource
		count: number
	}>
	/** What has happened since midnight, UTC. */
	today: Array<{ newsletter: string; kind: SubscriberDayKind; source: SubscriptionSource; count: number }>
}

export async function subscriptionFigures({
	db,
	clock,
}: {
	db: Database
	clock: Clock
}): Promise<SubscriptionFigures> {
	const day = clock.now().toISOString().slice(0, 10)
	return { subscriptions: await selectSumsByNewsletter(db), today: await selectSumsOfDay(db, day) }
}
