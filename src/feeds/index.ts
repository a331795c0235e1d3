export { createFeedParser, type FeedParser, parseFeedApart } from './create-feed-parser.ts'
export { createFetchFeed, type FetchFeedOptions } from './create-fetch-feed.ts'
export { feedLimits } from './limits.ts'
export { type ParseOutcome, parseFeed } from './parse-feed.ts'
