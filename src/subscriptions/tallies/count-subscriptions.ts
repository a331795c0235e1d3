import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { SubscriptionSource, SubscriptionState } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import { countNotMailed, type SubscriptionTally, selectTallies, selectTopicsOfProfiles } from './store.ts'

/**
 * How many subscriptions a newsletter has. `suppressed` ones are active, but their address must not be mailed; `paused`
 * ones are active, but their readers want nothing for a while.
 */
export type SubscriptionCounts = Record<SubscriptionState | 'suppressed' | 'paused', number> & {
	/** The active ones by language. */
	activeByLocale: Record<Locale, number>
	/** The active ones by how they came. */
	activeBySource: Partial<Record<SubscriptionSource, number>>
	/** The active ones that want all topics and those to come, without exception. */
	activeAllTopics: number
	/** The active ones that chose among the topics, by topic: who chose two counts twice. */
	activeByTopic: Record<string, number>
	/** The active ones that chose the round-up, whether or not the newsletter has one now. */
	activeRoundUp: number
}

/** Counts the subscriptions of a newsletter by what they are now, from the tallies that are kept beside them. */
export async function countSubscriptions(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
): Promise<SubscriptionCounts> {
	const tallies = await selectTallies(db, newsletterId)
	const notMailed = await countNotMailed(db, newsletterId)
	const active = [
		...tallies.filter(({ state }) => state === 'active'),
		...notMailed.map((each) => ({ ...each, count: -each.count })),
	]
	const countOf = (wanted: SubscriptionState) => sum(tallies.filter(({ state }) => state === wanted))
	return {
		pending: countOf('pending'),
		active: sum(active),
		unsubscribed: countOf('unsubscribed'),
		suppressed: sum(notMailed.filter(({ why }) => why === 'suppressed')),
		paused: sum(notMailed.filter(({ why }) => why === 'paused')),
		activeByLocale: sumBy(active, ({ locale }) => [locale]),
		activeBySource: sumBy(active, ({ source }) => [source]),
		...(await countByTopic(db, newsletterId, active)),
	}
}

type Counted = Omit<SubscriptionTally, 'state'>

async function countByTopic(db: DatabaseOrTransaction, newsletterId: number, active: readonly Counted[]) {
	const profiles = await selectTopicsOfProfiles(db, newsletterId)
	const byId = new Map(profiles.map((profile) => [profile.profileId, profile]))
	const some = (each: Counted) => {
		const profile = each.profileId === null ? undefined : byId.get(each.profileId)
		return profile && !profile.isAll ? profile.topics : undefined
	}
	return {
		activeAllTopics: sum(active.filter((each) => some(each) === undefined)),
		activeByTopic: sumBy(active, (each) => some(each) ?? []),
		activeRoundUp: sum(active.filter((each) => byId.get(each.profileId ?? 0)?.rhythm === 'round_up')),
	}
}

function sum(counted: ReadonlyArray<{ count: number }>): number {
	return counted.reduce((total, { count }) => total + count, 0)
}

/** The sum for each name; those that come to nothing are left out. */
function sumBy(
	counted: readonly Counted[],
	namesOf: (each: Counted) => readonly string[],
): Record<string, number> {
	const sums: Record<string, number> = {}
	for (const each of counted) {
		for (const name of namesOf(each)) sums[name] = (sums[name] ?? 0) + each.count
	}
	return Object.fromEntries(
		Object.entries(sums)
			.filter(([, count]) => count !== 0)
			.sort(([a], [b]) => (a < b ? -1 : 1)),
	)
}
