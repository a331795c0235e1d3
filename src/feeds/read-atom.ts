import { type AtomFeed, parseAtomFeed } from 'feedsmith'
import { MAX_READ_ITEMS } from './limits.ts'
import { imagesOfMedia, textsOfMedia, titleOfMedia } from './media-images.ts'
import type { RawFeed, RawImage, RawItem, RawText } from './raw-item.ts'
import { innerBase } from './resolve-link.ts'
import { withoutBase64 } from './without-base64.ts'

type Entry = AtomFeed.Entry<string>
type Link = AtomFeed.Link<string>

/** Atom 1.0 (RFC 4287) and 0.3. `url` is where it was fetched, if it was. */
export function readAtom(text: string, url: string | null): RawFeed {
	const feed = parseAtomFeed(withoutBase64(text), { maxItems: MAX_READ_ITEMS })
	// a feed read from a file still says where it lives: that is where its relative links start
	const self = feed.links?.find(({ rel }) => rel === 'self') ?? feed.links?.[0]
	const base = innerBase(url ?? self?.href ?? null, feed.xml?.base)
	const authors = namesOf(feed.authors)
	return {
		title: toText(feed.title),
		locale: feed.xml?.lang ?? feed.dc?.languages?.[0],
		items: (feed.entries ?? []).map((entry) => fromEntry(entry, base, authors)),
	}
}

function fromEntry(entry: Entry, feedBase: string | null, feedAuthors: string[]): RawItem {
	const base = innerBase(feedBase, entry.xml?.base)
	const authors = namesOf(entry.authors)
	const texts = [toText(entry.summary), toText(entry.content), ...textsOfMedia(entry.media)]
	return {
		id: entry.id,
		link: chooseLink(entry.links ?? []),
		base,
		contentBase: innerBase(base, (entry.content ?? entry.summary)?.xml?.base),
		title: toText(entry.title) ?? titleOfMedia(entry.media),
		texts: texts.filter((text) => text !== undefined),
		images: [...imagesOfMedia(entry.media), ...enclosedImages(entry.links ?? [])],
		// RFC 4287 §4.2.1: the feed's author counts for the entries that have none
		authors: authors.length > 0 ? authors : feedAuthors,
		categories: (entry.categories ?? []).flatMap(({ label, term }) => label ?? term ?? []),
		published: entry.published ? [entry.published] : [],
		updated: entry.updated ? [entry.updated] : [],
	}
}

// RFC 4287 §4.2.7.2: no rel means alternate; pages for people are preferred to other alternates
function chooseLink(links: Link[]): string | undefined {
	const alternates = links.filter(({ rel, href }) => href && (rel === undefined || rel === 'alternate'))
	const page = alternates.find(({ type }) => type === undefined || /html/i.test(type))
	return (page ?? alternates[0])?.href
}

function enclosedImages(links: Link[]): RawImage[] {
	const images = links.filter(
		({ rel, type }) => rel === 'enclosure' && type?.toLowerCase().startsWith('image/'),
	)
	return images.flatMap(({ href, title }) =>
		href ? [{ url: href, alt: title ? { value: title, kind: 'text' } : null }] : [],
	)
}

function namesOf(persons: AtomFeed.Person[] | undefined): string[] {
	return (persons ?? []).flatMap(({ name }) => name ?? [])
}

// RFC 4287 §3.1, §4.1.3.3: text unless it says html or xhtml; other media types are no text
function toText(text: { value?: string; type?: string } | undefined): RawText | undefined {
	if (!text?.value) return undefined
	if (/html/i.test(text.type ?? '')) return { value: text.value, kind: 'html' }
	const isText = text.type === undefined || text.type === 'text' || text.type.startsWith('text/')
	return isText ? { value: text.value, kind: 'text' } : undefined
}
