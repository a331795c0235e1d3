import type { Rhythm } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { ArchivedPicture, ArchivedStory } from '../../kernel/tables/digests.ts'

/** A past digest in a language, as lists show it. */
export type ListedPage = {
	/** The last part of its address. */
	name: string
	/** `2026-11-26`, in the newsletter's time zone. */
	day: string
	title: string
	/** The titles of its stories, in their order. */
	storyTitles: readonly string[]
	picture: ArchivedPicture | null
	kind: Rhythm
	isCorrection: boolean
	publishedAt: Date
	/** When its copy in the archive was mended last. */
	correctedAt: Date | null
}

/** The same with what was sent, as a feed has it. */
export type WholePage = ListedPage & {
	preheader: string
	introduction: string | null
	stories: readonly ArchivedStory[]
}

/** What a page leads to. */
export type PageLink = { name: string; day: string; title: string }

/** A past digest in a language. */
export type ArchivePage = WholePage & {
	locale: Locale
	/** Whether it was stopped: only its correction leads to it. */
	isStopped: boolean
	/** What it corrects, and what corrects it, where that is on the web. */
	corrects: PageLink | null
	correctedBy: PageLink | null
	/** Its languages, by locale, with the name that it has in each. */
	names: ReadonlyMap<Locale, string>
	older: PageLink | null
	newer: PageLink | null
}
