export { createFetchFeed, type FetchFeedOptions } from './create-fetch-feed.ts'
export { feedLimits } from './limits.ts'
export { type ParseOutcome, parseFeed } from './parse-feed.ts'
export { parseInThread } from './parse-in-thread.ts'
