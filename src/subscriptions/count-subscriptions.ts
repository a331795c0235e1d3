import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { SubscriptionState } from '../kernel/enumerations.ts'
import type { Locale } from '../kernel/messages.ts'
import { selectSubscriptionCounts } from './store/subscriptions.ts'

/**
 * How many subscriptions a newsletter has. `suppressed` ones are active, but their address must not be mailed; `paused`
 * ones are active, but their readers want nothing for a while.
 */
export type SubscriptionCounts = Record<SubscriptionState | 'suppressed' | 'paused', number> & {
	/** The active ones by language. */
	activeByLocale: Record<Locale, number>
}

/** Counts the subscriptions of a newsletter by what they are now. */
export async function countSubscriptions(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
): Promise<SubscriptionCounts> {
	const counts: SubscriptionCounts = {
		pending: 0,
		active: 0,
		unsubscribed: 0,
		suppressed: 0,
		paused: 0,
		activeByLocale: {},
	}
	for (const { state, locale, count } of await selectSubscriptionCounts(db, newsletterId)) {
		counts[state] += count
		if (state === 'active') counts.activeByLocale[locale] = count
	}
	return counts
}
