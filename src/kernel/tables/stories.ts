import type { Generated } from 'kysely'
import type { SourceState } from '../enumerations.ts'
import type { FeedProblem } from '../fetch-feed.ts'
import type { Locale } from '../messages.ts'
import type { Stamp } from './stamp.ts'

export type SourceProblem = FeedProblem | 'gone' | 'later'

export type SourcesTable = {
	id: Generated<number>
	newsletter_id: number
	url: string
	locale: Locale
	/** What its stories are about; each takes them over when it is first seen. */
	topics: string[]
	state: Generated<SourceState>
	etag: string | null
	last_modified: string | null
	/** Where it says that it has moved for good, and on how many polls in a row. */
	moved_to: string | null
	moved_times: Generated<number>
	next_poll_at: Date
	last_polled_at: Date | null
	/** When it was first read at this address: what it held then is backlog. */
	first_read_at: Date | null
	/** Polls that failed since the last one that did not. */
	failures: Generated<number>
	/** Why the last poll failed: a sentence is under `errors.feed.`; the detail is technical and in English. */
	problem: SourceProblem | null
	/** Since when it has given nothing. */
	failing_since: Date | null
	problem_detail: string | null
	/** A date that could not be read, as it stands in the feed: such stories do not count as new. */
	unread_date: string | null
	/** How many of the newest stories are no backlog at the first read. */
	include_latest: Generated<number>
	created_at: Stamp
}

export type StoriesTable = {
	id: Generated<number>
	newsletter_id: number
	/** Null where staff wrote it, or its source was removed. */
	source_id: number | null
	/** What its source tells it apart by. */
	external_id: string | null
	link: string | null
	/** What makes two links the same: scheme, `www.` and tracking parameters don't count. */
	link_key: string | null
	locale: Locale
	title: string
	/** Plain text. */
	summary: string
	image_url: string | null
	image_alt: string | null
	author: string | null
	categories: string[]
	topics: string[]
	/** When staff chose its topics: from then on neither its source nor rules change them. */
	topics_chosen_at: Date | null
	published_at: Date
	first_seen_at: Date
	backlog: Generated<boolean>
	hidden_at: Date | null
	translation_group: number | null
	/** When staff changed its texts: from then on its source no longer does. */
	edited_at: Date | null
}

export type PicturesTable = {
	url: string
	/** Null, as the height, where it could not be measured. */
	width: number | null
	height: number | null
	measured_at: Date
}
