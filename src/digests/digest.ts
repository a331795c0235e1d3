import type { DigestState, DigestTrigger, Rhythm } from '../kernel/enumerations.ts'
import type { PictureSize } from '../kernel/measure-picture.ts'
import type { Locale } from '../kernel/messages.ts'
import type { AudienceSums } from '../kernel/tables/digests.ts'

/** One edition of a newsletter. */
export type Digest = {
	id: number
	/** What its page on the web is known by: it can't be guessed from another's. */
	publicId: string
	newsletterId: number
	/** Which readers it is for: those who want each digest, or a round-up. */
	kind: Rhythm
	/** Whether it holds no story of a feed, only what staff wrote. */
	isLetter: boolean
	/** The digest whose readers alone get it, as something was wrong with that; null for all others. */
	corrects: number | null
	state: DigestState
	trigger: DigestTrigger
	/** Null until the audience has been frozen. */
	audience: AudienceSums | null
	renditions: readonly RenditionSummary[]
	createdAt: Date
	plannedAt: Date | null
	completedAt: Date | null
}

/** What the readers of one variant are sent, in short. */
export type RenditionSummary = {
	locale: Locale
	/** `variantKey` of its variant: what its page on the web is found by. */
	key: string
	subject: string
	preheader: string
	storyCount: number
	/** Stories that did not fit under the size at which mail programs cut a message off; they wait for the next digest. */
	droppedStories: number
}

/** A story as a rendition shows it. */
export type DigestStory = {
	id: number
	locale: Locale
	title: string
	link: string | null
	summary: string
	imageUrl: string | null
	imageAlt: string | null
	/** Null where it is not known. */
	imageSize?: PictureSize | null
	author: string | null
	publishedAt: Date
	categories: readonly string[]
	translationGroup: number | null
}

/** What readers of the same choices get: a language, and stories in their order. */
export type Variant = { locale: Locale; stories: readonly DigestStory[] }

/** The compiled mail of a variant. `nonce` makes the slot markers that stand where a reader's own links and name go. */
export type Rendition = Variant & {
	subject: string
	preheader: string
	html: string
	text: string
	/** For the page "view in browser": without any reader's own links or name. */
	webHtml: string
	nonce: string
	droppedStories: number
}

/** The slots of a rendition. */
export const digestSlots = ['unsubscribe', 'unsubscribeMail', 'preferences', 'givenName'] as const

export type DigestSlot = (typeof digestSlots)[number]
