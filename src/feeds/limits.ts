/** What a feed may cost, whoever serves it. A feed beyond them is refused with a reason, never cut. */
export type FeedLimits = {
	/** From the first lookup to the last byte, over all redirects. */
	fetchTimeoutMs: number
	connectTimeoutMs: number
	/** Counted after gunzip, so that a bomb is stopped where it unfolds. */
	maxBytes: number
	maxRedirects: number
	parseTimeoutMs: number
	/** The heap of the process that reads it. */
	parseMaxHeapMb: number
}

export const feedLimits: FeedLimits = {
	fetchTimeoutMs: 30_000,
	connectTimeoutMs: 10_000,
	maxBytes: 10 * 1024 * 1024,
	maxRedirects: 5,
	parseTimeoutMs: 10_000,
	parseMaxHeapMb: 256,
}

/** How many items of a feed are looked at. */
export const MAX_READ_ITEMS = 5_000
/** How many of them are given, the newest: a digest shows a hundred stories at most. */
export const MAX_ITEMS = 500

export const MAX_TITLE_CHARACTERS = 300
export const MAX_SUMMARY_CHARACTERS = 400
export const MAX_NAME_CHARACTERS = 100
export const MAX_CATEGORIES = 20
/** An index of the database takes 2,704 bytes a row. */
export const MAX_ID_BYTES = 1_000
export const MAX_URL_CHARACTERS = 2_000
/** What is read of one text of an item: a summary needs its beginning only. */
export const MAX_HTML_CHARACTERS = 64 * 1024
