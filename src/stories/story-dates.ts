import type { FeedItem } from '../kernel/fetch-feed.ts'

/** `moment`: the date that the feed gives, where it can be read and has come. `publishedAt`: that, or the best that can be said. */
export type StoryDate = { moment: Date | null; publishedAt: Date }

/** What a date that nothing is known of is: it makes no story new, and is of no year that could be taken for its own. */
const unknown = new Date(0)

/**
 * The dates of the items of a feed, in its order. A future date becomes `now`. An item whose date is missing or can't be read
 * is as old as the older of its neighbours, and so is never the newest. Where the feed has no date that can be read,
 * the items are as new as they seem if it has none at all (`now`); what it does date, but illegibly, counts as old.
 */
export function datesOf(items: readonly FeedItem[], now: Date): StoryDate[] {
	// RFC 4287 asks for `updated` only: there it is the date where nothing else is
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
		// at an end of the feed there is one only, which is perhaps the newest of all
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
