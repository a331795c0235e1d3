import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../kernel/database.ts'
import type { DataKind } from '../kernel/enumerations.ts'
import { requestsEnd } from '../subscriptions/index.ts'

/** Keeps when these kinds of data were gone through, and how much went. */
export async function putRuns(
	db: Database,
	removed: Partial<Record<DataKind, number>>,
	at: Date,
): Promise<void> {
	const runs = Object.entries(removed).map(([kind, count]) => ({
		kind: kind as DataKind,
		applied_at: at,
		removed: count,
	}))
	if (runs.length === 0) return
	await db
		.insertInto('retention_runs')
		.values(runs)
		.onConflict((conflict) =>
			conflict.column('kind').doUpdateSet((eb) => ({
				applied_at: eb.ref('excluded.applied_at'),
				removed: eb.ref('excluded.removed'),
			})),
		)
		.execute()
}

export async function selectRuns(db: Database): Promise<Map<DataKind, { at: Date; removed: number }>> {
	const rows = await db.selectFrom('retention_runs').selectAll().execute()
	return new Map(rows.map((row) => [row.kind, { at: row.applied_at, removed: row.removed }]))
}

/** `before`: what is older is due; of some kinds it takes more to say what is. */
type Due = { now: Date; before: Date; deliveredBefore: Date }

/** What the folders that own these rows would delete. */
const due: Partial<Record<DataKind, (due: Due) => RawBuilder<unknown>>> = {
	signups: ({ before }) => sql`subscriptions where state = 'pending' and updated_at < ${before}`,
	links: ({ before }) => sql`confirmations where expires_at < ${before}`,
	requests: ({ now }) => {
		const { unused, used } = requestsEnd(now)
		return sql`reader_requests where used_at is null and expires_at < ${unused} or used_at < ${used}`
	},
	notices: ({ before }) => sql`notices where state not in ('due', 'sending') and created_at < ${before}`,
	former_readers: ({ before }) => sql`(
		select subscriber_id from subscriptions group by 1
		having bool_and(state = 'unsubscribed' and unsubscribed_at < ${before})
	) former`,
	receipts: ({ before }) => sql`consent_receipts r
		where subscription_id is null and at < ${before} and not exists (
			select from consent_receipts newer where newer.address_hash = r.address_hash
				and newer.newsletter_id is not distinct from r.newsletter_id and newer.at >= ${before}
		)`,
	deliveries: ({ before }) => sql`digests where completed_at < ${before} and ledger_sums is null`,
	reports: ({ before }) => sql`bounce_reports where received_at < ${before}`,
	bounce_events: ({ before, deliveredBefore }) => sql`bounce_events
		where recorded_at < ${before} or recorded_at < ${deliveredBefore} and kind = 'delivered'`,
	audit: ({ before }) => sql`audit_entries where at < ${before}`,
	staff_sessions: ({ now }) => sql`(
		select from staff_sessions where expires_at <= ${now}
		union all select from staff_links where expires_at <= ${now}
	) ended`,
	imports: ({ before }) => sql`imports i
		where coalesce(undone_at, finished_at, checked_at, created_at) < ${before}
			and state not in ('checking', 'running', 'undoing') and (
				exists (select from import_rows r where r.import_id = i.id)
				or exists (select from import_file_parts f where f.import_id = i.id)
			)`,
	webhook_messages: ({ before }) =>
		sql`webhook_messages where state in ('delivered', 'failed') and happened_at < ${before}`,
	drafts: ({ before }) => sql`draft_versions v where saved_at < ${before}
		and not exists (select from digest_drafts d where d.version_id = v.id)`,
}

/** How much of a kind of data is older than it is kept; null where it is not counted, as of what may be in Redis. */
export async function countDue(db: Database, kind: DataKind, at: Due): Promise<number | null> {
	const rows = due[kind]
	if (!rows) return null
	const { rows: counted } = await sql<{ count: number }>`
		select count(*)::float8 as count from ${rows(at)}`.execute(db)
	return counted[0]?.count ?? 0
}
