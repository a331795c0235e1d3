import type { Locale } from '../kernel/messages.ts'

/** `new` stories are what the next digest chooses from; `mailed` ones are in a digest. */
export const storyStates = ['new', 'mailed', 'backlog', 'hidden'] as const
export type StoryState = (typeof storyStates)[number]

/** One item in one language: from a source, or written by staff (`sourceId` null, as after the removal of its source). */
export type Story = {
	id: number
	newsletterId: number
	sourceId: number | null
	locale: Locale
	state: StoryState
	title: string
	/** Plain text. */
	summary: string
	link: string | null
	imageUrl: string | null
	imageAlt: string | null
	author: string | null
	categories: string[]
	topics: string[]
	publishedAt: Date
	firstSeenAt: Date
	/** When staff changed its texts; from then on its source no longer does. */
	editedAt: Date | null
	/** The same story in other languages. */
	translations: Array<{ id: number; locale: Locale }>
}
