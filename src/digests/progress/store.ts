import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState, DigestState } from '../../kernel/enumerations.ts'

/** What tells how a digest is doing without looking into its ledger, by the database's clock. */
export type DigestPulse = {
	id: number
	state: DigestState
	/** Whether nothing of it is left to do. */
	over: boolean
	/** How many deliveries were planned. */
	planned: number
	/** How many of them have come into each state, less those that left it again. */
	tallies: Partial<Record<DeliveryState, number>>
	now: Date
	stateSince: Date
	/** When a delivery was last brought to an end or put off. */
	progressAt: Date | null
	/** Since when the log has said that it makes no progress. */
	reportedStall: Date | null
}

/** The pulse of these digests, or of all that are not over and those that the log calls stalled; by id. */
export async function selectPulse(
	db: DatabaseOrTransaction,
	wanted: { ids: readonly number[] } | 'watched',
): Promise<DigestPulse[]> {
	if (wanted !== 'watched' && wanted.ids.length === 0) return []
	const condition =
		wanted === 'watched'
			? sql`completed_at is null or stalled_since is not null`
			: sql`id in (${sql.join(wanted.ids)})`
	const { rows } = await sql<DigestPulse>`
		select d.id, d.state, d.completed_at is not null as over,
			coalesce((d.audience ->> 'planned')::float8, 0) as planned, coalesce(t.tallies, '{}') as tallies,
			clock_timestamp() as now, d.state_since as "stateSince", t.progress_at as "progressAt",
			d.stalled_since as "reportedStall"
		from (select * from digests where ${condition}) d
		left join lateral (
			select jsonb_object_agg(state, count) as tallies, max(progress_at) as progress_at
			from (
				select state, sum(count)::float8 as count, max(progress_at) as progress_at
				from delivery_tallies where digest_id = d.id group by state
			) by_state
		) t on true
		order by d.id`.execute(db)
	return rows
}

/** How many deliveries have come into each state since planning, less those that left it again. */
export async function selectTallies(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<Array<{ state: DeliveryState; reason: string | null; count: number }>> {
	const { rows } = await sql<{ state: DeliveryState; reason: string | null; count: number }>`
		select state, nullif(reason, '') as reason, sum(count)::float8 as count
		from delivery_tallies where digest_id = ${digestId} group by 1, 2`.execute(db)
	return rows
}

/** How many deliveries nobody knows the outcome of, over all digests whose ledger is still there. */
export async function countInDoubt(db: DatabaseOrTransaction): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		select coalesce(sum(count), 0)::float8 as count from delivery_tallies where state = 'in_doubt'`.execute(
		db,
	)
	return rows[0]?.count ?? 0
}

/**
 * Since when the oldest work of a digest has waited: a delivery that is due, or one whose worker was lost. On a day whose
 * ceiling is reached nothing is due before it ends.
 */
export async function selectDueSince(db: DatabaseOrTransaction, digestId: number): Promise<Date | undefined> {
	const { rows } = await sql<{ since: Date | null }>`
		select least(
			(
				select greatest(min(due_at), full_day.until)
				from deliveries left join (select max(until) as until from sending_pauses where scope = 'day') full_day on true
				where digest_id = ${digestId} and state = 'planned' and due_at <= now()
				group by full_day.until having full_day.until is null or full_day.until <= now()
			),
			(select min(lease_until) from deliveries where digest_id = ${digestId} and state = 'sending' and lease_until <= now())
		) as since`.execute(db)
	return rows[0]?.since ?? undefined
}

/** Whether a digest's audience is being frozen at this moment: who does that holds its row. */
export async function isBeingPlanned(db: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const free = await db
		.selectFrom('digests')
		.select('id')
		.where('id', '=', digestId)
		.forKeyShare()
		.skipLocked()
		.execute()
	return free.length === 0
}

/** Writes down that the log has said of a digest since when it stalls, or with null that it goes on. Gives whether that was news. */
export async function markStalled(
	db: DatabaseOrTransaction,
	digestId: number,
	since: Date | null,
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('digests')
		.set({ stalled_since: since })
		.where('id', '=', digestId)
		.where('stalled_since', since ? 'is' : 'is not', null)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** Digests that the log says make no progress, and since when. */
export async function selectStalled(
	db: DatabaseOrTransaction,
): Promise<Array<{ id: number; newsletterId: number; since: Date }>> {
	const rows = await db
		.selectFrom('digests')
		.select(['id', 'newsletter_id as newsletterId', 'stalled_since as since'])
		.where('stalled_since', 'is not', null)
		.where('completed_at', 'is', null)
		.orderBy('id')
		.execute()
	return rows.flatMap(({ since, ...row }) => (since ? [{ ...row, since }] : []))
}

/** Digests that have gone out since a moment. */
export function selectFinished(
	db: DatabaseOrTransaction,
	{ since }: { since: Date },
): Promise<Array<{ id: number; newsletterId: number }>> {
	return db
		.selectFrom('digests')
		.select(['id', 'newsletter_id as newsletterId'])
		.where('state', '=', 'completed')
		.where('completed_at', '>', since)
		.orderBy('id')
		.execute()
}

export async function countDigestsByState(db: DatabaseOrTransaction): Promise<Record<string, number>> {
	const { rows } = await sql<{ state: DigestState; count: number }>`
		select state, count(*)::float8 as count from digests group by state`.execute(db)
	return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}
