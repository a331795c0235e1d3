import type { Locale } from '../../kernel/messages.ts'

/** A theme of a newsletter that its readers may choose. */
export type Topic = {
	id: number
	/** What stories, sources, API and command line know it by; never changed. */
	slug: string
	/** From 1 on, among the topics of its newsletter. */
	position: number
	texts: readonly TopicText[]
	/** Since when it is no longer offered, and counts for nothing. */
	archivedAt: Date | null
}

export type TopicText = { locale: Locale; name: string; description: string }

/** A feed's category that makes a story one of a topic. */
export type TopicRule = {
	id: number
	topic: string
	/** Null: of all sources. */
	sourceId: number | null
	/** Folded: lower case, no accents. */
	category: string
}

/** How many topics of a newsletter may be offered at once. */
export const mostTopics = 30
