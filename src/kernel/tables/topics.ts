import type { Generated } from 'kysely'
import type { Locale } from '../messages.ts'
import type { Stamp } from './stamp.ts'

export type TopicsTable = {
	id: Generated<number>
	newsletter_id: number
	/** What stories, sources, API and command line know it by. */
	slug: string
	position: number
	/** Since when it is no longer offered. */
	archived_at: Date | null
	created_at: Stamp
}

export type TopicTextsTable = {
	topic_id: number
	locale: Locale
	name: string
	description: Generated<string>
}

/** Which of a feed's categories make a story one of a topic. */
export type TopicRulesTable = {
	id: Generated<number>
	topic_id: number
	/** Null: of all sources. */
	source_id: number | null
	/** Folded: lower case, no accents. */
	category: string
	created_at: Stamp
}
