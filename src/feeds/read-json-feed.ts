import { type JsonFeed, parseJsonFeed } from 'feedsmith'
import { MAX_READ_ITEMS } from './limits.ts'
import type { RawFeed, RawImage, RawItem, RawText } from './raw-item.ts'

type Item = JsonFeed.Item<string>

/** JSON Feed 1.0 and 1.1, already parsed as JSON. `url` is where it was fetched, if it was. */
export function readJsonFeed(json: object, url: string | null): RawFeed {
	const feed = parseJsonFeed(json, { maxItems: MAX_READ_ITEMS })
	const base = url ?? feed.feed_url ?? feed.home_page_url ?? null
	return {
		title: text(feed.title)[0],
		locale: feed.language,
		items: (feed.items ?? []).map((item) => fromItem(item, base, feed.authors)),
	}
}

function fromItem(item: Item, base: string | null, feedAuthors: JsonFeed.Author[] | undefined): RawItem {
	const content: RawText[] = item.content_html ? [{ value: item.content_html, kind: 'html' }] : []
	return {
		id: item.id,
		link: item.url ?? item.external_url,
		base,
		contentBase: base,
		title: text(item.title)[0],
		// the HTML comes last: what is already plain needs no guessing
		texts: [...text(item.summary), ...text(item.content_text), ...content],
		images: imagesOf(item),
		authors: (item.authors ?? feedAuthors ?? []).flatMap(({ name }) => name ?? []),
		categories: item.tags ?? [],
		published: item.date_published ? [item.date_published] : [],
		updated: item.date_modified ? [item.date_modified] : [],
	}
}

function imagesOf(item: Item): RawImage[] {
	const attached = (item.attachments ?? []).filter(({ mime_type }) => mime_type?.startsWith('image/'))
	const named = [item.image, item.banner_image].flatMap((url) => (url ? [{ url, alt: null }] : []))
	return [
		...named,
		...attached.flatMap(({ url, title }) => (url ? [{ url, alt: text(title)[0] ?? null }] : [])),
	]
}

function text(value: string | undefined): RawText[] {
	return value === undefined ? [] : [{ value, kind: 'text' }]
}
