import type { Generated } from 'kysely'
import type { SourceState } from '../enumerations.ts'
import type { Locale } from '../messages.ts'
import type { Stamp } from './stamp.ts'

export type SourcesTable = {
	id: Generated<number>
	newsletter_id: number
	url: string
	locale: Locale
	topics: string[]
	state: Generated<SourceState>
	etag: string | null
	last_modified: string | null
	moved_to: string | null
	moved_times: Generated<number>
	next_poll_at: Date
	last_polled_at: Date | null
	first_read_at: Date | null
	failures: Generated<number>
	/** Why it could not be read: a `FeedProblem`, and what the other side said. */
	problem: string | null
	problem_detail: string | null
	unread_date: string | null
	/** How many of the newest stories are no backlog at the first read. */
	include_latest: Generated<number>
	created_at: Stamp
}

export type StoriesTable = {
	id: Generated<number>
	newsletter_id: number
	source_id: number | null
	external_id: string | null
	link: string | null
	/** What makes two links the same: scheme, `www.` and tracking parameters don't count. */
	link_key: string | null
	locale: Locale
	title: string
	summary: string
	image_url: string | null
	image_alt: string | null
	author: string | null
	categories: string[]
	topics: string[]
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
