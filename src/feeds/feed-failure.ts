import type { FeedProblem } from '../kernel/fetch-feed.ts'
import { cleanText } from './clean-text.ts'
import { shortenText } from './shorten-text.ts'

/** Thrown inside this folder where a feed can't be had; `createFetchFeed` turns it into an outcome. */
export class FeedFailure extends Error {
	readonly reason: FeedProblem
	readonly feeds: readonly string[]

	/** `detail` is for staff and logs, in English; it may quote the other side. `feeds`: those that a page names. */
	constructor(reason: FeedProblem, detail: string, feeds: readonly string[] = []) {
		super(shortenText(cleanText(detail), 300))
		this.name = 'FeedFailure'
		this.reason = reason
		this.feeds = feeds
	}
}
