import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Rhythm } from '../enumerations.ts'
import type { Locale } from '../messages.ts'
import type { OwnStory, StoryEdit } from './digests.ts'
import type { Stamp } from './stamp.ts'

export const draftStates = ['open', 'starting', 'sent', 'dropped'] as const

export type DraftState = (typeof draftStates)[number]

/**
 * Why a draft of the schedule does not go out by itself: a person wants it so; a check stops it; its time had long gone by;
 * the schedule has been changed since; nothing in it is new to anybody; it could not be made into a digest.
 */
export type DraftHold = 'person' | 'checks' | 'late' | 'schedule' | 'nothing_new' | 'not_made' | 'approval'

/** What a draft says: what is missing is as the newsletter has it. */
export type DraftContent = {
	/** The stories in their order, one of each group of translations. */
	storyIds: readonly number[]
	/** Stories that could be in it and are left out, by staff. */
	leftOut: readonly number[]
	subject: Readonly<Record<Locale, string>>
	preheader: Readonly<Record<Locale, string>>
	introduction: Readonly<Record<Locale, string>>
	/** By the story's id. */
	edits: Readonly<Record<string, StoryEdit>>
	/** Stories of no feed, by the negative number that they have in `storyIds` and `leftOut`. */
	own: Readonly<Record<string, OwnStory>>
	/** Stories that staff added though they are not new: who did, and when the last digest was made that had it. */
	earlier: Readonly<Record<string, EarlierStory>>
	/** Warnings that somebody has answered with “send it anyway”, by what they were about. */
	answers: Readonly<Record<string, { by: string; at: string }>>
}

export type EarlierStory = { by: string; of: string | null }

export type DigestDraftsTable = {
	id: Generated<number>
	newsletter_id: number
	kind: Generated<Rhythm>
	is_letter: Generated<boolean>
	/** The digest whose readers alone get it. */
	corrects: number | null
	state: Generated<DraftState>
	revision: Generated<number>
	version_id: number | null
	created_at: Stamp
	starts_at: Date | null
	started_by_id: number | null
	started_by_name: string | null
	problem: string | null
	digest_id: number | null
	occurrence: ColumnType<Date | null, undefined, Date | null>
	first_occurrence: ColumnType<Date | null, undefined, Date | null>
	goes_at: ColumnType<Date | null, undefined, Date | null>
	held_at: ColumnType<Date | null, undefined, Date | null>
	held_by_id: ColumnType<number | null, undefined, number | null>
	held_by_name: ColumnType<string | null, undefined, string | null>
	held_why: ColumnType<DraftHold | null, undefined, DraftHold | null>
}

/** Who has a draft open, as their browser said last. */
export type DraftVisitsTable = {
	draft_id: number
	member_id: number
	member_name: string
	seen_at: Date
}

export type DraftVersionsTable = {
	id: Generated<number>
	draft_id: number
	parent_id: number | null
	content: JSONColumnType<DraftContent>
	saved_at: Stamp
	saved_by_id: number | null
	saved_by_name: string
}

/** Who asks for the approval of a draft, who gave it, or sent it back. */
export type DraftApprovalsTable = {
	draft_id: number
	asked_at: Date | null
	asked_by_name: string | null
	/** The version that was seen. */
	approved_version_id: number | null
	approved_at: Date | null
	approved_by_name: string | null
	note: string | null
	note_at: Date | null
	note_by_name: string | null
}

/** What an approver saw of a draft last, and before that. */
export type DraftLooksTable = {
	draft_id: number
	member_id: number
	version_id: number
	/** How many it would have gone to. */
	readers: number
	at: Date
	before_version_id: number | null
	before_readers: number | null
	before_at: Date | null
}
