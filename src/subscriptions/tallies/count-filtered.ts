import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { ReaderFilter } from '../readers/store/filter-conditions.ts'
import { countNotMailed, type SubscriptionTally, selectTallies, selectTopicsOfProfiles } from './store.ts'

/**
 * How many readers a filter asks for, from the tallies; undefined where they don’t tell: by address, by day, by a site's form, or by
 * the reason why an address is suppressed.
 */
export async function countFiltered(
	{ db }: { db: DatabaseOrTransaction },
	filter: ReaderFilter,
): Promise<number | undefined> {
	const { newsletterId, beginning, standing, host, from, to } = filter
	if (beginning !== undefined || host !== undefined || from || to) return undefined
	if (standing?.startsWith('out_')) return undefined
	const isWanted = await profilesOf(db, filter)
	const fits = ({ locale, source, profileId }: Omit<SubscriptionTally, 'state' | 'count'>) =>
		(filter.locale === undefined || locale === filter.locale) &&
		(filter.source === undefined || source === filter.source) &&
		isWanted(profileId)
	const tallies = (await selectTallies(db, newsletterId)).filter(fits)
	if (standing === undefined) return sum(tallies)
	if (standing === 'pending' || standing === 'unsubscribed') return sum(ofState(tallies, standing))
	const held = (await countNotMailed(db, newsletterId)).filter(fits)
	if (standing === 'active') return sum(ofState(tallies, 'active')) - sum(held)
	return sum(held.filter(({ why }) => why === (standing === 'out' ? 'suppressed' : 'paused')))
}

/** Whether a profile is one of those that a filter asks for. */
async function profilesOf(
	db: DatabaseOrTransaction,
	{ newsletterId, topicId, rhythm }: ReaderFilter,
): Promise<(profileId: number | null) => boolean> {
	if (topicId === undefined && rhythm === undefined) return () => true
	const profiles = await selectTopicsOfProfiles(db, newsletterId)
	const wanted = profiles.filter(
		(profile) =>
			(topicId === undefined || profile.topicIds.map(Number).includes(topicId)) &&
			(rhythm === undefined || profile.rhythm === rhythm),
	)
	const ids = new Set(wanted.map(({ profileId }) => profileId))
	return (profileId) => (profileId === null ? rhythm !== 'round_up' : ids.has(profileId))
}

function ofState(tallies: readonly SubscriptionTally[], wanted: SubscriptionTally['state']) {
	return tallies.filter(({ state }) => state === wanted)
}

function sum(counted: ReadonlyArray<{ count: number }>): number {
	return counted.reduce((total, { count }) => total + count, 0)
}
