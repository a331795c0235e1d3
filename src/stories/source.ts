import type { SourceState } from '../kernel/enumerations.ts'
import type { FeedProblem } from '../kernel/fetch-feed.ts'
import type { Locale } from '../kernel/messages.ts'

/** A feed that a newsletter takes stories from, in one language. */
export type Source = {
	id: number
	newsletterId: number
	url: string
	locale: Locale
	/** What its stories are about; each takes them over when it is first seen. */
	topics: string[]
	state: SourceState
	/** How many of the newest stories are no backlog when it is first read. */
	includeLatest: number
	nextPollAt: Date
	lastPolledAt: Date | null
	/** When it was read for the first time at this address: what it held then is backlog. */
	firstReadAt: Date | null
	/** Polls that failed since the last one that did not. */
	failures: number
	/** Why the last poll failed: a sentence is under `errors.feed.`; `detail` is technical and in English. */
	problem: SourceProblem | null
	problemDetail: string | null
	/** A date of its last reading that could not be read, as it stands there: such stories do not count as new. */
	unreadDate: string | null
	createdAt: Date
}

export type SourceProblem = FeedProblem | 'gone' | 'later'

/** What polling keeps beside that. */
export type PolledSource = Source & {
	etag: string | null
	lastModified: string | null
	/** Where it says that it has moved for good, and on how many polls in a row. */
	movedTo: string | null
	movedTimes: number
}
