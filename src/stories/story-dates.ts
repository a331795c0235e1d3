import type { FeedItem } from '../kernel/fetch-feed.ts'

/** `moment`: a readable date of the feed that is not in the future. `publishedAt`: that, or an estimate. */
export type StoryDate = { moment: Date | null; publishedAt: Date }

/** Stands for an unknown date: too old to be new, and no plausible year. */
const unknown = new Date(0)

/**
 * The dates of the items of a feed, in its order. A future date becomes `now`. An item without a readable date is as old
 * as the older of its neighbours, so never the newest. In a feed without any readable date, items without a date
 * count as of `now`, and those whose date can't be read as old.
 */
export function datesOf(items: readonly FeedItem[], now: Date): StoryDate[] {
	// RFC 4287 requires only `updated`
	const given = items.map(({ publishedAt, updatedAt }) => publishedAt ?? updatedAt)
	const moments = given.map((date) => (date && date <= now ? date : null))
	const before = nearest(moments)
	const after = nearest(moments.toReversed()).toReversed()
	return items.map(({ unreadDate }, index) => {
		const moment = moments[index] ?? null
		if (moment) return { moment, publishedAt: moment }
		if (given[index]) return { moment, publishedAt: now }
		const beside = [before[index], after[index]].flatMap((date) => date?.getTime() ?? [])
		if (beside.length === 0) return { moment, publishedAt: unreadDate === null ? now : unknown }
		// the first and last item have one neighbour, which may be the newest of all
		const time = beside.length === 2 ? Math.min(...beside) : (beside[0] ?? 0) - 1_000
		return { moment, publishedAt: new Date(time) }
	})
}

/** For each place the last date before it. */
function nearest(dates: ReadonlyArray<Date | null>): Array<Date | null> {
	let last: Date | null = null
	return dates.map((date) => {
		const found = last
		last = date ?? last
		return found
	})
}
