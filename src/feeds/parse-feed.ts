import type { FeedFailed, ParsedFeed } from '../kernel/fetch-feed.ts'
import { decodeFeed } from './decode-feed.ts'
import { FeedFailure } from './feed-failure.ts'
import { findFeedLinks } from './find-feed-links.ts'
import { finishFeed } from './finish-feed.ts'
import type { RawFeed } from './raw-item.ts'
import { readAtom } from './read-atom.ts'
import { readJsonFeed } from './read-json-feed.ts'
import { readRdf, readRss } from './read-rss.ts'

/** What reading came to: a feed, or why it is none and a word for staff. */
export type ParseOutcome = { kind: 'feed'; feed: ParsedFeed } | FeedFailed

/** A feed as it came: its bytes, where it was fetched, and what its server says of it. */
export type ParseInput = {
	bytes: Uint8Array
	url: string | null
	contentType: string | null
} & ParseOptions

export type ParseOptions = {
	/** The present: no date that can be read in two ways is taken for one to come. */
	now?: Date | undefined
	/** Whether pictures have to be had over https, as mail programs want it of a mail that is. */
	secure?: boolean | undefined
}

/**
 * Reads RSS 0.9x, 1.0, 2.0, Atom or JSON Feed from its bytes (or its text). `url` is where it was fetched, or null;
 * `contentType` may name the charset. Never throws for what the input holds.
 *
 * A feed that ends too early is `broken` as a whole, though its first items could be read: the cut may go through an
 * item, and answering with what is there would make the source's validators promise that nothing is missing.
 * Nothing is lost, as the next poll gets it whole.
 *
 * A document type is left out before any parser sees it, and entities other than HTML's stay as they are written:
 * none is fetched or expanded (mail-rules T4).
 */
export function parseFeed(
	input: Uint8Array | string,
	url: string | null,
	contentType?: string | null,
	options: ParseOptions = {},
): ParseOutcome {
	try {
		const text = (typeof input === 'string' ? input : decodeFeed(input, contentType)).trimStart()
		return { kind: 'feed', feed: finishFeed(readRaw(text, url), options) }
	} catch (error) {
		const { reason, message, feeds } = toFailure(error)
		return { kind: 'failed', reason, detail: message, ...(feeds.length > 0 && { feeds }) }
	}
}

function toFailure(error: unknown): FeedFailure {
	if (error instanceof FeedFailure) return error
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
	return new FeedFailure('broken', cause instanceof Error ? cause.message : 'unreadable')
}

function readRaw(text: string, url: string | null): RawFeed {
	if (text.startsWith('{')) return readJsonFeed(parseJson(text), url)
	const root = findRoot(text)
	switch (root?.name.toLowerCase()) {
		case 'rss':
			return readRss(elementOf(text, root), url)
		case 'rdf':
			return readRdf(elementOf(text, root), url)
		case 'feed':
			return readAtom(elementOf(text, root), url)
		default:
			if (isPage(text, root)) throw pageFailure(findFeedLinks(text, url))
			throw new FeedFailure(
				'not_a_feed',
				root ? `its outermost element is ${root.tag}` : 'neither XML nor JSON',
			)
	}
}

function parseJson(text: string): object {
	const isFeed = text.includes('jsonfeed.org/version/') || text.includes('"items"')
	try {
		const json: unknown = JSON.parse(text)
		if (isFeed && typeof json === 'object' && json !== null) return json
	} catch (cause) {
		if (isFeed) throw new FeedFailure('broken', cause instanceof Error ? cause.message : 'not JSON')
	}
	throw new FeedFailure('not_a_feed', 'JSON that is no JSON Feed')
}

type Root = { start: number; tag: string; name: string }

// what may stand before the outermost element: XML declaration, comments, a document type with or without its own subset
const prolog = /(?:\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\]\s*)?>)/iy
const startTag = /<((?:[\w.-]{1,50}:)?([\w.-]{1,50}))/y

function findRoot(text: string): Root | undefined {
	let start = 0
	prolog.lastIndex = 0
	while (prolog.test(text)) start = prolog.lastIndex
	startTag.lastIndex = start
	const [, tag = '', name = ''] = startTag.exec(text) ?? []
	return tag ? { start, tag, name } : undefined
}

// what a page may begin with, whose html and head elements may be left out (HTML Standard §13.1.2.4)
const beginnings = new Set('html head body base link meta noscript script style template title'.split(' '))

function isPage(text: string, root: Root | undefined): boolean {
	return (
		beginnings.has(root?.name.toLowerCase() ?? '') || /^(?:\s|<!--[\s\S]*?-->)*<!doctype\s+html\b/i.test(text)
	)
}

/** The outermost element without what stands before it; what hosts append after it does no harm. */
function elementOf(text: string, { start, tag }: Root): string {
	const end = text.lastIndexOf(`</${tag}`)
	if (end < 0 || !/^\s{0,100}>/.test(text.slice(end + tag.length + 2, end + tag.length + 110))) {
		throw new FeedFailure('broken', `it ends before </${tag}>`)
	}
	return text.slice(start)
}

function pageFailure(feeds: readonly string[]): FeedFailure {
	const detail = feeds.length === 0 ? 'a web page' : `a web page; its feeds are ${feeds.join(' and ')}`
	return new FeedFailure('not_a_feed', detail, feeds)
}
