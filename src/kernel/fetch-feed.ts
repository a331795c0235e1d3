/** What a source said last, sent back verbatim so that an unchanged feed costs nothing (RFC 9110 §13). */
export type FeedValidators = { etag: string | null; lastModified: string | null }

/** One entry of a feed, whatever its format, before it becomes a story. URLs are absolute, times valid instants. */
export type FeedItem = {
	id: string | null
	link: string | null
	title: string
	summary: string
	imageUrl: string | null
	imageAlt: string | null
	author: string | null
	publishedAt: Date | null
	updatedAt: Date | null
	/** A date as it stands in the feed, where the item has dates and none of them could be read. */
	unreadDate: string | null
	categories: string[]
}

export type ParsedFeed = { title: string | null; locale: string | null; items: FeedItem[] }

/** `feeds`: those that a page names in its head, where it is a page and no feed. */
export type FeedFailed = { kind: 'failed'; reason: FeedProblem; detail: string; feeds?: readonly string[] }

/** What asking a source for its feed came to. `movedTo` is the target of a permanent redirect. */
export type FetchedFeed =
	| { kind: 'feed'; feed: ParsedFeed; validators: FeedValidators; movedTo: string | null }
	| { kind: 'unchanged'; movedTo: string | null }
	| { kind: 'gone' }
	| { kind: 'later'; retryAfterSeconds: number; reason: string }
	| FeedFailed

/** Why a feed could not be read; each has a sentence under `errors.feed.` in the string catalogs. */
export type FeedProblem =
	| 'address' // not an http(s) URL
	| 'forbidden_address' // resolves to an address inside a private network (mail-rules T4)
	| 'unreachable'
	| 'timeout'
	| 'too_large'
	| 'too_many_redirects'
	| 'status' // an HTTP status that is no feed
	| 'not_a_feed'
	| 'broken' // a feed, but it can't be read to its end

/** Fetches and reads a feed through the SSRF guard; never throws for what the other side does. */
export type FetchFeed = (url: string, validators?: FeedValidators) => Promise<FetchedFeed>
