import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'

/** How the approval of a draft stands. */
export type DraftApproval = {
	/** Whether its newsletter wants a second person for what is in it now. */
	isNeeded: boolean
	/** Whether somebody approved what is in it now. */
	isGiven: boolean
	/** Who wrote what is in it now, whoever answered its warnings since; null: no member. */
	savedById: number | null
	askedAt: Date | null
	askedByName: string | null
	/** When it was last approved, whatever was changed since. */
	approvedAt: Date | null
	approvedByName: string | null
	/** With what it was sent back, until somebody asks again. */
	note: string | null
	noteAt: Date | null
	noteByName: string | null
}

/** What no member wrote, as a draft of the schedule that nobody touched, needs nobody's approval. */
export async function findApproval(
	db: DatabaseOrTransaction,
	draftId: number,
): Promise<DraftApproval | undefined> {
	const { rows } = await sql<DraftApproval>`
		select n.needs_approval and v.saved_by_id is not null as "isNeeded",
			coalesce(a.approved_version_id = d.version_id, false) as "isGiven", v.saved_by_id as "savedById",
			a.asked_at as "askedAt", a.asked_by_name as "askedByName",
			a.approved_at as "approvedAt", a.approved_by_name as "approvedByName",
			a.note, a.note_at as "noteAt", a.note_by_name as "noteByName"
		from digest_drafts d
		join newsletters n on n.id = d.newsletter_id
		join draft_versions v on v.id = d.version_id
		left join draft_approvals a on a.draft_id = d.id
		where d.id = ${draftId}`.execute(db)
	return rows[0]
}

/** Somebody asks: a note of before is done with. */
export async function keepAsked(
	tx: DatabaseOrTransaction,
	draftId: number,
	{ at, name }: { at: Date; name: string },
): Promise<void> {
	await sql`
		insert into draft_approvals (draft_id, asked_at, asked_by_name) values (${draftId}, ${at}, ${name})
		on conflict (draft_id) do update set asked_at = excluded.asked_at, asked_by_name = excluded.asked_by_name,
			note = null, note_at = null, note_by_name = null`.execute(tx)
}

export async function keepApproved(
	tx: DatabaseOrTransaction,
	draftId: number,
	{ versionId, at, name }: { versionId: number; at: Date; name: string },
): Promise<void> {
	await sql`
		insert into draft_approvals (draft_id, approved_version_id, approved_at, approved_by_name)
		values (${draftId}, ${versionId}, ${at}, ${name})
		on conflict (draft_id) do update set approved_version_id = excluded.approved_version_id,
			approved_at = excluded.approved_at, approved_by_name = excluded.approved_by_name,
			note = null, note_at = null, note_by_name = null`.execute(tx)
}

/** Nobody is asked any more, and nothing is approved. */
export async function keepSentBack(
	tx: DatabaseOrTransaction,
	draftId: number,
	{ note, at, name }: { note: string; at: Date; name: string },
): Promise<void> {
	await sql`
		insert into draft_approvals (draft_id, note, note_at, note_by_name)
		values (${draftId}, ${note}, ${at}, ${name})
		on conflict (draft_id) do update set note = excluded.note, note_at = excluded.note_at,
			note_by_name = excluded.note_by_name, asked_at = null, asked_by_name = null,
			approved_version_id = null, approved_at = null, approved_by_name = null`.execute(tx)
}

/** What a person saw of a draft before what it shows now; null at the first look. */
export type LookBefore = { versionId: number | null; readers: number | null; at: Date | null }

/** Keeps what a person sees. Seen again without a change, what was seen before that stays. */
export async function keepLook(
	db: DatabaseOrTransaction,
	look: { draftId: number; memberId: number; versionId: number; readers: number; at: Date },
): Promise<LookBefore> {
	const { rows } = await sql<LookBefore>`
		insert into draft_looks as l (draft_id, member_id, version_id, readers, at)
		values (${look.draftId}, ${look.memberId}, ${look.versionId}, ${look.readers}, ${look.at})
		on conflict (draft_id, member_id) do update set
			before_version_id = case when l.version_id = excluded.version_id then l.before_version_id else l.version_id end,
			before_readers = case when l.version_id = excluded.version_id then l.before_readers else l.readers end,
			before_at = case when l.version_id = excluded.version_id then l.before_at else l.at end,
			version_id = excluded.version_id, readers = excluded.readers, at = excluded.at
		returning before_version_id::float8 as "versionId", before_readers as readers, before_at as at`.execute(
		db,
	)
	return rows[0] ?? { versionId: null, readers: null, at: null }
}

/** What there is to tell of approvals: who asks for one, or has sent a draft back. */
export type ApprovalNews = {
	draftId: number
	newsletterId: number
	state: 'asked' | 'back'
	at: Date
	name: string
	/** With what it was sent back. */
	note: string
	/** Who wrote last; null: no member. */
	savedById: number | null
}

/** Of all newsletters, or of one draft. */
export async function selectApprovalNews(
	db: DatabaseOrTransaction,
	draftId?: number,
): Promise<ApprovalNews[]> {
	const { rows } = await sql<ApprovalNews>`
		select d.id::float8 as "draftId", d.newsletter_id::float8 as "newsletterId",
			case when a.note_at is null then 'asked' else 'back' end as state,
			coalesce(a.note_at, a.asked_at) as at, coalesce(a.note_by_name, a.asked_by_name) as name,
			coalesce(a.note, '') as note, v.saved_by_id::float8 as "savedById"
		from digest_drafts d join draft_approvals a on a.draft_id = d.id join draft_versions v on v.id = d.version_id
		where d.state = 'open' and (${draftId === undefined} or d.id = ${draftId ?? 0})
			and (a.note_at is not null
				or a.asked_at is not null and a.approved_version_id is distinct from d.version_id)
		order by d.id`.execute(db)
	return rows
}

/** Drafts of a newsletter that wait for somebody's approval. */
export async function selectAsked(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<Array<{ draftId: number; name: string }>> {
	const { rows } = await sql<{ draftId: number; name: string }>`
		select d.id::float8 as "draftId", a.asked_by_name as name
		from digest_drafts d
		join draft_approvals a on a.draft_id = d.id
		join newsletters n on n.id = d.newsletter_id
		where n.needs_approval and d.newsletter_id = ${newsletterId} and d.state = 'open' and a.asked_at is not null
			and a.approved_version_id is distinct from d.version_id
		order by a.asked_at`.execute(db)
	return rows
}
