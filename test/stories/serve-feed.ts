import { createHash } from 'node:crypto'
import { serve } from '../feeds/serve.ts'

/** An item as a test writes it; `date` and `guid` may be missing. */
export type FeedEntry = {
	guid?: string
	link?: string
	title?: string
	summary?: string
	date?: Date | string
	image?: string
	category?: string
}

/** How the next answers differ from a plain feed. */
type Answer = { status: number; headers?: Record<string, string> }

/** An RSS feed on a server of its own, whose items and answers a test changes as it goes. */
export async function serveFeed(...entries: FeedEntry[]) {
	const feed = {
		url: '',
		entries,
		/** Instead of the feed, as long as it is set. */
		answer: undefined as Answer | undefined,
		requests: [] as Array<{ path: string; etag: string | undefined }>,
	}
	const { url } = await serve((request, response) => {
		feed.requests.push({ path: request.url ?? '', etag: request.headers['if-none-match'] })
		if (feed.answer && request.url === '/feed') {
			response.writeHead(feed.answer.status, feed.answer.headers).end()
			return
		}
		const body = toRss(feed.entries)
		const etag = `"${createHash('sha256').update(body).digest('hex')}"`
		if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
		else response.writeHead(200, { etag }).end(body)
	})
	feed.url = `${url}/feed`
	return feed
}

function toRss(entries: readonly FeedEntry[]): string {
	const items = entries.map(({ guid, link, title, summary, date, image, category }) => {
		const parts = [
			title && `<title>${title}</title>`,
			link && `<link>${link}</link>`,
			guid && `<guid isPermaLink="false">${guid}</guid>`,
			summary && `<description>${summary}</description>`,
			date && `<pubDate>${typeof date === 'string' ? date : date.toUTCString()}</pubDate>`,
			category && `<category>${category}</category>`,
			image && `<enclosure url="${image}" type="image/jpeg" length="1"/>`,
		]
		return `<item>${parts.filter(Boolean).join('')}</item>`
	})
	return `<rss version="2.0"><channel><title>News</title>${items.join('')}</channel></rss>`
}
