import type { FeedProblem } from '../kernel/fetch-feed.ts'

/** Thrown inside this folder where a feed can't be had; `createFetchFeed` turns it into an outcome. */
export class FeedFailure extends Error {
	readonly reason: FeedProblem

	/** `detail` is for staff and logs, in English; it holds no credentials. */
	constructor(reason: FeedProblem, detail: string) {
		super(detail)
		this.name = 'FeedFailure'
		this.reason = reason
	}
}
