import { createHash } from 'node:crypto'
import type { FeedItem } from '../kernel/fetch-feed.ts'
import { linkKey } from './link-key.ts'
import { datesOf, type StoryDate } from './story-dates.ts'

/** An item on its way to become a story. */
export type IncomingStory = StoryDate & {
	/** What its source tells it apart by. */
	externalId: string | null
	linkKey: string | null
	/** What tells it apart where its id and its link don't: title and date. */
	textId: string
	title: string
	item: FeedItem
}

/**
 * The items of a feed that can be told apart and shown, each once. An id decides, unless it stands at several items
 * (`N/A`); without one the link does; with neither (or where several items share a link) title and date.
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

/** The ids, but those that several items have: they tell nothing. An item that stands there twice keeps its own. */
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

/** Whether the same link stands before with another id: then it does not tell items apart (a page of releases). */
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
