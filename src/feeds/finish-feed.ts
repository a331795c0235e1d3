import type { ParsedFeed } from '../kernel/fetch-feed.ts'
import { textFromOutside } from '../kernel/text-from-outside.ts'
import { type ItemDates, readFeedDates } from './feed-dates.ts'
import { finishItem, plainTitle } from './finish-item.ts'
import { MAX_ITEMS } from './limits.ts'
import type { ParseOptions } from './parse-feed.ts'
import type { RawFeed, RawItem } from './raw-item.ts'

/** A feed as the rest of the house takes it: dates read, links absolute, texts plain and bounded, the newest items only. */
export function finishFeed({ title, locale, items }: RawFeed, options: ParseOptions): ParsedFeed {
	const language = locale ? textFromOutside(locale, 35) : null
	const dates = readFeedDates(items, { language, now: options.now ?? new Date() })
	const dated = items.map((item, index) => ({ item, dates: dates[index] ?? unknown }))
	return {
		title: plainTitle(title) || null,
		locale: language,
		items: newest(dated).map(({ item, dates }) => finishItem(item, dates, options)),
	}
}

const unknown: ItemDates = { published: null, updated: null, unread: null }

type Dated = { item: RawItem; dates: ItemDates }

/** The newest items in the order of the feed: a few feeds begin with the oldest. Without dates the first are taken for them. */
function newest(items: Dated[]): Dated[] {
	if (items.length <= MAX_ITEMS) return items
	const timeOf = ({ dates }: Dated) => (dates.published ?? dates.updated)?.getTime() ?? 0
	const chosen = new Set(items.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, MAX_ITEMS))
	return items.filter((item) => chosen.has(item))
}
