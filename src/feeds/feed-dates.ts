import { type DateOrder, parseFeedDate, readDate } from './parse-feed-date.ts'
import type { RawItem } from './raw-item.ts'

/** The dates of an item. `unread`: a date as it stands in the feed, where none of those that it gives could be read. */
export type ItemDates = { published: Date | null; updated: Date | null; unread: string | null }

type Dated = Pick<RawItem, 'published' | 'updated'>

/**
 * The dates of all items of a feed. Whether 3/4/2026 is in March or in April is decided once for the whole feed, by what
 * its other dates leave open, never for one to come; then by their order, then by the language.
 */
export function readFeedDates(
	items: readonly Dated[],
	{ language, now }: { language: string | null; now: Date },
): ItemDates[] {
	const order = decideOrder(items, language, now)
	const read = (texts: readonly string[]) => {
		for (const text of texts) {
			const date = parseFeedDate(text, order)
			// what systems write that have lost a date
			if (date && date.getTime() > DAY_MS) return date
		}
		return null
	}
	return items.map((item) => {
		const [published, updated] = [read(item.published), read(item.updated)]
		const written = [...item.published, ...item.updated].map((text) => text.trim()).find(Boolean)
		return { published, updated, unread: published || updated ? null : (written ?? null) }
	})
}

function decideOrder(items: readonly Dated[], language: string | null, now: Date): DateOrder {
	const texts = items.flatMap(({ published, updated }) => published[0] ?? updated[0] ?? [])
	const open = texts.map(readDate).filter((reading) => reading !== null && reading.kind === 'numbers')
	if (open.length === 0) return 'day_first'
	const [day, month] = (['day_first', 'month_first'] as const).map((order) => {
		const dates = open.map((reading) => reading[order])
		const impossible = dates.filter((date) => date === null || date.getTime() > now.getTime() + DAY_MS).length
		return { order, impossible, disorder: disorderOf(dates), span: spanOf(dates) }
	})
	if (!day || !month) return 'day_first'
	if (day.impossible !== month.impossible)
		return day.impossible < month.impossible ? 'day_first' : 'month_first'
	if (day.disorder !== month.disorder) return day.disorder < month.disorder ? 'day_first' : 'month_first'
	// a month's worth of stories, read the wrong way round, is spread over the whole year
	if (day.span > month.span * 3) return 'month_first'
	if (month.span > day.span * 3) return 'day_first'
	const isAmerican =
		/^en(?:-us)?$/i.test(language ?? '') || texts.some((text) => /\d\s?[ap]\.?m\b/i.test(text))
	return isAmerican ? 'month_first' : 'day_first'
}

const DAY_MS = 86_400_000

/** How often a date is out of order, whichever end of the feed is the newer one. */
function disorderOf(dates: ReadonlyArray<Date | null>): number {
	const times = dates.flatMap((date) => date?.getTime() ?? [])
	let [rises, falls] = [0, 0]
	for (const [index, time] of times.entries()) {
		const before = times[index - 1] ?? time
		if (time > before) rises++
		if (time < before) falls++
	}
	return Math.min(rises, falls)
}

function spanOf(dates: ReadonlyArray<Date | null>): number {
	const times = dates.flatMap((date) => date?.getTime() ?? [])
	return times.length > 1 ? Math.max(...times) - Math.min(...times) : 0
}
