import { invalidField } from '../../kernel/app-error.ts'
import { addDays, type Clock, isStorableDate } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { GrowthPeriod, SubscriberDayKind, SubscriptionSource } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import { type SubscriberDay, selectGrowth } from './store.ts'

/** What happened in a period to those of one language who came by one way. */
export type Growth = {
	/** The day that the period begins on (UTC): `2026-05-01`. Weeks begin on Mondays. */
	period: string
	locale: Locale
	source: SubscriptionSource
	/** The site that a pasted form stood on; `other` where there are many, null where it did not say. */
	sourceHost: string | null
	joined: number
	confirmed: number
	/** Left, and came back. */
	cameBack: number
	/** Whose address is not mailed any more, as mail came back. */
	bounced: number
	left: { page: number; oneClick: number; mail: number; complaint: number; staff: number }
}

export type GrowthWish = {
	newsletterId: number
	by: GrowthPeriod
	/** Days (`2026-05-01`), both included. Without `to` it is today, without `from` the last 30 days, 26 weeks or 12 months. */
	from?: string | undefined
	to?: string | undefined
}

const usualDays: Record<GrowthPeriod, number> = { day: 30, week: 182, month: 365 }

/** So many days, at the most, are summed up for one answer: ten years, or by day a good year. */
const mostDays: Record<GrowthPeriod, number> = { day: 400, week: 3_660, month: 3_660 }

/**
 * How a newsletter grew: the oldest first, then by language and source; where nothing happened there is nothing. It reads
 * the tallies alone. Throws `invalid` where the days are the wrong way round or too many.
 */
export async function readGrowth(
	{ db, clock }: { db: Database; clock: Clock },
	{ newsletterId, by, from, to = dayOf(clock.now()) }: GrowthWish,
): Promise<Growth[]> {
	const first = from ?? dayOf(addDays(new Date(to), 1 - usualDays[by]))
	checkDays(first, to, mostDays[by])
	const rows = new Map<string, Growth>()
	for (const each of await selectGrowth(db, { newsletterId, from: first, to, by })) {
		const key = [each.day, each.locale, each.source, each.sourceHost].join(' ')
		const row = rows.get(key) ?? emptyRow(each)
		rows.set(key, row)
		add(row, each)
	}
	return [...rows.values()]
}

function checkDays(from: string, to: string, most: number): void {
	const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
	if (days < 1) throw invalidField('from', 'errors.growth.backwards')
	if (days > most || !isStorableDate(new Date(from)))
		throw invalidField('from', 'errors.growth.too_long', { days: most })
}

function emptyRow({ day, locale, source, sourceHost }: SubscriberDay): Growth {
	const left = { page: 0, oneClick: 0, mail: 0, complaint: 0, staff: 0 }
	return { period: day, locale, source, sourceHost, joined: 0, confirmed: 0, cameBack: 0, bounced: 0, left }
}

function add(row: Growth, { kind, count }: { kind: SubscriberDayKind; count: number }): void {
	switch (kind) {
		case 'joined':
			row.joined += count
			break
		case 'confirmed':
			row.confirmed += count
			break
		case 'came_back':
			row.cameBack += count
			break
		case 'bounced':
			row.bounced += count
			break
		case 'left_page':
			row.left.page += count
			break
		case 'left_one_click':
			row.left.oneClick += count
			break
		case 'left_mail':
			row.left.mail += count
			break
		case 'left_complaint':
			row.left.complaint += count
			break
		case 'left_staff':
			row.left.staff += count
			break
	}
}

function dayOf(time: Date): string {
	return time.toISOString().slice(0, 10)
}
