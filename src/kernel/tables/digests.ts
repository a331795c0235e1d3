import type { Generated, JSONColumnType } from 'kysely'
import type { DeliveryState, DigestState, DigestTrigger, MissedDigestState, Rhythm } from '../enumerations.ts'
import type { Locale } from '../messages.ts'
import type { Stamp } from './stamp.ts'

/** How many candidates there were and why some of them get nothing. `planned` + the sum of `excluded` = `candidates`. */
export type AudienceSums = { candidates: number; planned: number; excluded: Record<string, number> }

/** How many rows of the ledger are in a state; with the reason where they were excluded after planning. */
export type DeliverySums = Array<{ state: DeliveryState; reason: string | null; count: number }>

/** What staff wished of a digest when they triggered it. */
export type DigestWish = {
	storyIds?: readonly number[]
	subject?: string | Readonly<Record<Locale, string>>
	preheader?: string | Readonly<Record<Locale, string>>
	/** What stands above the stories, one text a language, in a subset of Markdown. */
	introduction?: Readonly<Record<Locale, string>>
	/** What is told of a story otherwise in this digest, by its id. */
	edits?: Readonly<Record<string, StoryEdit>>
	/** Stories that staff wrote for this digest alone, by the negative number that they have in `storyIds`. */
	own?: Readonly<Record<string, OwnStory>>
	/** Those of `storyIds` that readers get again who had them. */
	again?: readonly number[]
}

/** What staff changed of a story for one digest; what is missing stays as the source tells it. */
export type StoryEdit = {
	title?: string
	summary?: string
	picture?: false
	/** In languages that the story is not in: what its readers get in its place. */
	written?: Readonly<Record<Locale, { title: string; summary: string }>>
	/** Languages that it is not in, and whose readers don't get it in another either. */
	without?: readonly Locale[]
}

/** A story of no feed, written by staff for one digest; `versions` has the languages that it is in. */
export type OwnStory = {
	writtenAt: string
	picture: string | null
	versions: Readonly<Record<Locale, OwnVersion>>
}

export type OwnVersion = { title: string; summary: string; link: string | null; pictureAlt: string | null }

export type DigestsTable = {
	id: Generated<number>
	newsletter_id: number
	public_id: string
	state: DigestState
	/** Which readers it is for. */
	kind: Generated<Rhythm>
	/** Holds no story of a feed. */
	is_letter: Generated<boolean>
	/** The digest whose readers alone get it. */
	corrects: number | null
	trigger: DigestTrigger
	trigger_key: string | null
	trigger_fingerprint: string | null
	audience: JSONColumnType<AudienceSums> | null
	created_at: Stamp
	planned_at: Date | null
	completed_at: Date | null
	/** By the database's clock. */
	state_since: Stamp
	/** Since when the log has said that it makes no progress. */
	stalled_since: Date | null
	/** What the ledger came to, once its rows are gone. */
	ledger_sums: JSONColumnType<DeliverySums> | null
	/** Null in rows of older versions. */
	wish: JSONColumnType<DigestWish> | null
}

/** What readers of the same choices get of a digest. */
export type VariantsTable = {
	id: Generated<number>
	digest_id: number
	locale: Locale
	/** `variantKey` of its language and stories. */
	key: string
}

/** Which variant the readers of a profile were planned to get; null: none. */
export type DigestProfilesTable = {
	digest_id: number
	profile_id: number
	variant_id: number | null
}

/** A reader who was planned apart from their profile, as their choices changed lately. */
export type ChangedReadersTable = {
	digest_id: number
	subscription_id: number
	profile_id: number
	choices_version: number
	/** Which variants they had of digests that showed stories to choose from, in ascending order. */
	had: number[]
	/** Null: they get nothing. */
	variant_id: number | null
}

export type VariantStoriesTable = {
	variant_id: number
	story_id: number
	position: number
}

/** A story as a page of the archive shows it. */
export type ArchivedStory = {
	title: string
	link: string | null
	summary: string
	locale: Locale
	picture: ArchivedPicture | null
	author: string | null
	category: string | null
	publishedAt: string
}

/** `size` in pixels, null where it is not known. */
export type ArchivedPicture = {
	url: string
	alt: string | null
	size: { width: number; height: number } | null
}

/** A past digest in a language, as anybody may read it. */
export type ArchivePagesTable = {
	digest_id: number
	locale: Locale
	newsletter_id: number
	/** The last part of its address. */
	name: string
	/** `2026-11-26`, in the newsletter's time zone. */
	day: string
	title: string
	preheader: string
	/** In a subset of Markdown. */
	introduction: string | null
	stories: JSONColumnType<ArchivedStory[]>
	story_titles: string[]
	picture: JSONColumnType<ArchivedPicture> | null
	/** Null: it has not gone out. */
	published_at: Date | null
	/** False: of a digest that was stopped, which only its correction leads to. */
	listed: Generated<boolean>
	left_out_at: Date | null
	corrected_at: Date | null
}

export type DigestSchedulesTable = {
	newsletter_id: number
	kind: Generated<Rhythm>
	cron: string
	time_zone: string
	last_occurrence: Date
	skipped_until: Date | null
}

export type MissedDigestsTable = {
	id: Generated<number>
	newsletter_id: number
	kind: Generated<Rhythm>
	occurrence: Date
	found_at: Date
	state: Generated<MissedDigestState>
	decided_at: Date | null
}

export type RenditionsTable = {
	id: Generated<number>
	variant_id: number
	subject: string
	preheader: string
	html: string
	text: string
	/** What "view in browser" shows: without any reader's own links. */
	web_html: string
	/** What stands in `html` and `text` where a reader's own links go: unguessable, so that no story can hold it. */
	slot_nonce: string
	story_count: number
	dropped_stories: number
}
