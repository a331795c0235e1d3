import type { Generated, JSONColumnType } from 'kysely'
import type { Locale } from '../messages.ts'
import type { OccasionKind } from '../occasions.ts'
import type { Role } from '../roles.ts'
import type { Stamp } from './stamp.ts'

export type StaffMembersTable = {
	id: Generated<number>
	name: string
	email: string
	email_key: string
	role: Role
	newsletter_ids: number[] | null
	locale: Locale
	password_hash: string | null
	code_secret: string | null
	code_last_step: number | null
	open_id_issuer: string | null
	open_id_subject: string | null
	created_at: Stamp
	removed_at: Date | null
	mail_choices: JSONColumnType<Partial<Record<OccasionKind, boolean>>, string | undefined>
}

export type StaffLinkKind = 'first_owner' | 'invitation' | 'password'

export type StaffLinksTable = {
	id: Generated<number>
	member_id: number | null
	kind: StaffLinkKind
	token_hash: string | null
	created_at: Stamp
	expires_at: Date
	used_at: Date | null
}

export type StaffSessionsTable = {
	id: Generated<number>
	member_id: number
	token_hash: string
	complete: boolean
	user_agent: string | null
	created_at: Stamp
	last_seen_at: Stamp
	expires_at: Date
}

export type StaffRecoveryCodesTable = {
	member_id: number
	code_hash: string
	used_at: Date | null
}

export type StaffOccasionsTable = {
	id: Generated<number>
	occasion_key: string
	kind: OccasionKind
	newsletter_id: number | null
	subject_id: number | null
	found_at: Date
}

export type StaffOccasionMailsTable = {
	id: Generated<number>
	occasion_id: number
	member_id: number
	state: Generated<'due' | 'sending' | 'sent' | 'dropped'>
	changed_at: Date
}
