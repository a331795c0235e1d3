import type { ColumnType, Generated } from 'kysely'
import type { ArchiveMode, SignupQuestion, StoryOrder, UntranslatedRule } from '../enumerations.ts'
import type { Locale } from '../messages.ts'
import type { Stamp } from './stamp.ts'

export type NewslettersTable = {
	id: Generated<number>
	slug: string
	default_locale: Locale
	from_address: string
	reply_to: string | null
	list_id_domain: string
	postal_address: string | null
	contact: string | null
	colour: string
	logo_url: string | null
	logo_hash: ColumnType<string | null, string | null | undefined, string | null>
	logo_width: ColumnType<number | null, number | null | undefined, number | null>
	logo_height: ColumnType<number | null, number | null | undefined, number | null>
	sites: ColumnType<string[], string[] | undefined, string[]>
	story_limit: Generated<number>
	story_max_age_days: Generated<number>
	story_order: Generated<StoryOrder>
	untranslated: Generated<UntranslatedRule>
	schedule_cron: string | null
	schedule_time_zone: string | null
	schedule_quiet_from: string | null
	schedule_quiet_to: string | null
	schedule_misfire_minutes: number | null
	schedule_draft_first: Generated<boolean>
	/** `HH:MM`; null, where a draft comes first: it waits for somebody to send it. */
	schedule_send_at: ColumnType<string | null, string | null | undefined, string | null>
	welcome: Generated<boolean>
	/** Whether what a member wrote must be approved by another. */
	needs_approval: Generated<boolean>
	archive: Generated<ArchiveMode>
	signup_asks: ColumnType<SignupQuestion[], SignupQuestion[] | undefined, SignupQuestion[]>
	/** Null, like the two below, where the newsletter has no round-up. */
	round_up_cron: ColumnType<string | null, string | null | undefined, string | null>
	round_up_time_zone: ColumnType<string | null, string | null | undefined, string | null>
	round_up_story_limit: ColumnType<number | null, number | null | undefined, number | null>
	created_at: Stamp
	updated_at: Stamp
}

export type NewsletterTextsTable = {
	newsletter_id: number
	locale: Locale
	name: string
	description: string
	from_name: string
	subject_pattern: string
	preheader_pattern: string
	consent_wording: string
	consent_version: number
	/** Null: Envoi's own page. */
	thank_you_url: ColumnType<string | null, string | null | undefined, string | null>
	/** Null: that of the language. */
	round_up_subject_pattern: ColumnType<string | null, string | null | undefined, string | null>
}

export type LogosTable = {
	hash: string
	png: Uint8Array
	created_at: Generated<Date>
}

/** Addresses that tests of a newsletter's digests go to, by a name. */
export type TestListsTable = {
	id: Generated<number>
	newsletter_id: number
	name: string
	addresses: string[]
}
