import { parseRdfFeed, parseRssFeed, type RdfFeed, type RssFeed } from 'feedsmith'
import { MAX_READ_ITEMS } from './limits.ts'
import { imagesOfMedia, textsOfMedia, titleOfMedia } from './media-images.ts'
import type { RawFeed, RawImage, RawItem, RawText } from './raw-item.ts'
import { innerBase } from './resolve-link.ts'

type RssItem = RssFeed.Item<string>
type RdfItem = RdfFeed.Item<string>

const options = { maxItems: MAX_READ_ITEMS }

/** RSS 0.91 to 2.0. `url` is where it was fetched, if it was. */
export function readRss(text: string, url: string | null): RawFeed {
	const feed = parseRssFeed(text, options)
	const base = innerBase(url ?? ownUrl(feed.atom?.links, feed.link), feed.xml?.base)
	return {
		title: markup(feed.title),
		locale: feed.language ?? feed.dc?.languages?.[0],
		items: (feed.items ?? []).map((item) => fromRss(item, base)),
	}
}

/** RSS 0.90 and 1.0, which are RDF. */
export function readRdf(text: string, url: string | null): RawFeed {
	const feed = parseRdfFeed(text, options)
	const base = innerBase(url ?? ownUrl(feed.atom?.links, feed.link), feed.xml?.base)
	return {
		title: markup(feed.title),
		locale: feed.dc?.languages?.[0] ?? feed.xml?.lang,
		items: (feed.items ?? []).map((item) => fromRdf(item, base)),
	}
}

// RSS 1.0 §5.5: rdf:about must be unique, and should be the link
function fromRdf(item: RdfItem, base: string | null): RawItem {
	const about = item.rdf?.about
	const common = shared(item, base)
	return { ...common, id: about, link: common.link ?? about, authors: item.dc?.creators ?? [] }
}

function fromRss(item: RssItem, base: string | null): RawItem {
	const common = shared(item, base)
	// RSS 2.0: a guid is the link of the item unless it says otherwise
	const permalink = item.guid?.isPermaLink === false ? undefined : item.guid?.value
	const names = (item.authors ?? []).flatMap(({ name }) => name ?? [])
	const writers = [names, item.dc?.creators, item.itunes?.author ? [item.itunes.author] : []]
	return {
		...common,
		id: item.guid?.value,
		link: common.link ?? (permalink && URL.canParse(permalink) ? permalink : undefined),
		texts: [...common.texts, ...html(item.itunes?.summary)],
		images: [...imagesOfMedia(item.media), ...enclosedImages(item), ...itunesImage(item)],
		authors: writers.find((list) => list?.length) ?? [],
		categories: [...(item.categories ?? []).flatMap(({ name }) => name ?? []), ...common.categories],
		published: [...list(item.pubDate), ...common.published],
	}
}

/** What both kinds have in the same place, the modules Dublin Core, Content and Media among it. */
function shared(item: RssItem | RdfItem, outerBase: string | null): RawItem {
	const base = innerBase(outerBase, item.xml?.base)
	const descriptions = [item.description, item.content?.encoded, ...(item.dc?.descriptions ?? [])]
	return {
		id: undefined,
		link: item.link,
		base,
		contentBase: base,
		title: markup(item.title ?? item.dc?.titles?.[0]) ?? titleOfMedia(item.media),
		texts: [...descriptions.flatMap(html), ...textsOfMedia(item.media)],
		images: imagesOfMedia(item.media),
		authors: [],
		categories: item.dc?.subjects ?? [],
		published: [
			...list(item.dc?.dates?.[0]),
			...list(item.dcterms?.issued?.[0]),
			...list(item.dcterms?.created?.[0]),
		],
		updated: [...list(item.atom?.updated), ...list(item.dcterms?.modified?.[0])],
	}
}

function enclosedImages(item: RssItem): RawImage[] {
	const images = (item.enclosures ?? []).filter(({ type }) => type?.toLowerCase().startsWith('image/'))
	return images.flatMap(({ url }) => (url ? [{ url, alt: null }] : []))
}

function itunesImage(item: RssItem): RawImage[] {
	return item.itunes?.image ? [{ url: item.itunes.image, alt: null }] : []
}

/** A feed read from a file still says where it lives: that is where its relative links start. */
function ownUrl(
	links: Array<{ rel?: string; href?: string }> | undefined,
	link: string | undefined,
): string | null {
	return links?.find(({ rel }) => rel === 'self')?.href ?? link ?? null
}

function markup(value: string | undefined): RawText | undefined {
	return value === undefined ? undefined : { value, kind: 'markup' }
}

function html(value: string | undefined): RawText[] {
	return value === undefined ? [] : [{ value, kind: 'html' }]
}

function list(value: string | undefined): string[] {
	return value === undefined ? [] : [value]
}
