import { createHash } from 'node:crypto'
import type { FeedItem } from '../kernel/fetch-feed.ts'
import { linkKey } from './link-key.ts'

/** An item on its way to become a story. */
export type IncomingStory = {
	/** What its source tells it apart by. */
	externalId: string | null
	linkKey: string | null
	title: string
	publishedAt: Date
	item: FeedItem
}

/**
 * The items of a feed that can be told apart and shown, each once. A missing or future date becomes `now`.
 * An id decides; without one the link does; with neither (or where several items share a link) the title.
 */
export function toIncoming(items: readonly FeedItem[], now: Date): IncomingStory[] {
	const keys = items.map(({ link }) => linkKey(link))
	const repeated = new Set(keys.filter((key, index) => key !== null && isOther(items, keys, key, index)))
	const incoming = new Map<string, IncomingStory>()
	for (const [index, item] of items.entries()) {
		const key = keys[index] ?? null
		const own = key !== null && !repeated.has(key) ? key : null
		const title = item.title || openingWords(item.summary)
		if (title === '') continue
		const externalId = item.id ?? (own === null ? hashOf(item) : null)
		const name = externalId ?? `link:${own}`
		if (!incoming.has(name)) {
			incoming.set(name, { externalId, linkKey: own, title, publishedAt: dateOf(item, now), item })
		}
	}
	return [...incoming.values()]
}

/** Whether the same link stands before with another id: then it does not tell items apart (a page of releases). */
function isOther(
	items: readonly FeedItem[],
	keys: ReadonlyArray<string | null>,
	key: string,
	index: number,
): boolean {
	const first = keys.indexOf(key)
	const [one, other] = [items[first], items[index]]
	if (!one || !other || first === index) return false
	return one.id !== other.id || (one.id === null && one.title !== other.title)
}

// RFC 4287 asks for `updated` only: there it is the date where nothing else is
function dateOf({ publishedAt, updatedAt }: FeedItem, now: Date): Date {
	const date = publishedAt ?? updatedAt
	return date && date <= now ? date : now
}

function openingWords(summary: string): string {
	if (summary.length <= 80) return summary
	const cut = summary.lastIndexOf(' ', 80)
	return `${summary.slice(0, cut > 40 ? cut : 80).replace(/[\ud800-\udbff]$/, '')}…`
}

function hashOf({ link, title, summary }: FeedItem): string {
	return `text:${createHash('sha256')
		.update(`${link ?? ''}\n${title || summary}`)
		.digest('hex')}`
}
