import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import { type Growth, readGrowth } from './read-growth.ts'
import { countNotMailed, selectTallies } from './store.ts'

/** How many read a newsletter at the end of a month (UTC), or now. */
export type ActiveMonth = { month: Date; byLocale: Record<Locale, number> }

/**
 * Who is active, those too who pause, by language, at the end of each of the last months and now, the oldest first. It is
 * reckoned back from today's tallies by who came and who left; languages are in the order of how many read them now.
 */
export async function readActiveMonths(
	deps: { db: Database; clock: Clock },
	{ newsletterId, months }: { newsletterId: number; months: number },
): Promise<ActiveMonth[]> {
	const now = deps.clock.now()
	const monthAt = (ago: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1))
	const from = monthAt(months - 1)
		.toISOString()
		.slice(0, 10)
	const growth = await readGrowth(deps, { newsletterId, by: 'month', from })
	const counts = await countActive(deps.db, newsletterId)
	for (const { locale } of growth) counts.set(locale, counts.get(locale) ?? 0)
	const locales = [...counts.keys()].toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
	const found: ActiveMonth[] = []
	for (let ago = 0; ago < months; ago++) {
		const month = monthAt(ago)
		const byLocale = locales.map((locale) => [locale, Math.max(0, counts.get(locale) ?? 0)])
		found.unshift({ month, byLocale: Object.fromEntries(byLocale) })
		const period = month.toISOString().slice(0, 10)
		for (const row of growth.filter((each) => each.period === period))
			counts.set(row.locale, (counts.get(row.locale) ?? 0) - netOf(row))
	}
	return found
}

async function countActive(db: Database, newsletterId: number): Promise<Map<Locale, number>> {
	const counts = new Map<Locale, number>()
	const add = (locale: Locale, count: number) => counts.set(locale, (counts.get(locale) ?? 0) + count)
	for (const { state, locale, count } of await selectTallies(db, newsletterId))
		if (state === 'active') add(locale, count)
	for (const { why, locale, count } of await countNotMailed(db, newsletterId))
		if (why === 'suppressed') add(locale, -count)
	return counts
}

function netOf({ confirmed, cameBack, bounced, left }: Growth): number {
	return confirmed + cameBack - bounced - Object.values(left).reduce((sum, count) => sum + count, 0)
}
