import { createHash } from 'node:crypto'
import type { FeedItem } from '../kernel/fetch-feed.ts'
import { linkKey } from './link-key.ts'
import { datesOf, type StoryDate } from './story-dates.ts'

/** An item of a feed that is to become a story. */
export type IncomingStory = StoryDate & {
	/** The id that the feed gives it. */
	externalId: string | null
	linkKey: string | null
	/** A hash of title and date, where id and link identify nothing. */
	textId: string
	title: string
	item: FeedItem
}

/**
 * The items of a feed that can be identified and shown, each once. The id identifies an item, unless several have it
 * (`N/A`); without an id the link does; without either, or where several share a link, title and date do.
 */
export function toIncoming(items: readonly FeedItem[], now: Date): IncomingStory[] {
	const keys = items.map(({ link }) => linkKey(link))
	const ids = tellingIds(items, keys)
	const repeated = new Set(
		keys.filter((key, index) => key !== null && isOther(items, { ids, keys }, key, index)),
	)
	const dates = datesOf(items, now)
	const incoming = new Map<string, IncomingStory>()
	for (const [index, item] of items.entries()) {
		const key = keys[index] ?? null
		const own = key !== null && !repeated.has(key) ? key : null
		const title = item.title || openingWords(item.summary)
		if (title === '') continue
		const { moment, publishedAt } = dates[index] ?? { moment: null, publishedAt: now }
		const textId = hashOf(item, moment)
		const externalId = ids[index] ?? (own === null ? textId : null)
		const name = externalId ?? `link:${own}`
		if (incoming.has(name)) continue
		incoming.set(name, { externalId, linkKey: own, textId, title, moment, publishedAt, item })
	}
	return [...incoming.values()]
}

/** The ids without those that different items share. The same item given twice keeps its id. */
function tellingIds(items: readonly FeedItem[], keys: ReadonlyArray<string | null>): Array<string | null> {
	const holders = Map.groupBy(items.keys(), (index) => items[index]?.id)
	return items.map(({ id }) => {
		const all = id === null ? [] : (holders.get(id) ?? [])
		const faces = new Set(all.map((index) => faceOf(items[index], keys[index])))
		return faces.size > 1 ? null : id
	})
}

function faceOf(item: FeedItem | undefined, key: string | null | undefined): string {
	return `${key ?? item?.publishedAt?.toISOString()}\n${item?.title || item?.summary}`
}

/** Whether an earlier item with another id has this link, as on a page of releases: then it identifies neither. */
function isOther(
	items: readonly FeedItem[],
	{ ids, keys }: { ids: ReadonlyArray<string | null>; keys: ReadonlyArray<string | null> },
	key: string,
	index: number,
): boolean {
	const first = keys.indexOf(key)
	const [one, other] = [items[first], items[index]]
	if (!one || !other || first === index) return false
	return ids[first] !== ids[index] || (ids[first] === null && one.title !== other.title)
}

function openingWords(summary: string): string {
	if (summary.length <= 80) return summary
	const cut = summary.lastIndexOf(' ', 80)
	return `${summary.slice(0, cut > 40 ? cut : 80).replace(/[\ud800-\udbff]$/, '')}…`
}

function hashOf({ link, title, summary }: FeedItem, moment: Date | null): string {
	const words = `${link ?? ''}\n${title || summary}${moment ? `\n${moment.toISOString()}` : ''}`
	return `text:${createHash('sha256').update(words).digest('hex')}`
}
