import { sql } from 'kysely'
import { hasDigest } from '../../digests/index.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import type { AudienceSums } from '../../kernel/tables/digests.ts'
import { isUsualProfile, joinMailability, joinUsualProfile, whyNotMailed } from '../../subscriptions/index.ts'
import { foldProviderTallies, placingProviders } from '../providers/store.ts'

type Plan = {
	digestId: number
	newsletterId: number
	/** Which readers it is for. */
	kind: Rhythm
	/** Whether readers may have chosen a round-up. */
	hasRoundUp: boolean
	/** Whose choices changed at this moment or later gets what `changed_readers` says, not what their profile does. */
	changedSince: Date
	/** The digest whose readers alone it is for, however often they want one. */
	corrects: number | null
}

/**
 * Freezes the audience: one statement decides on every subscription and writes a row for each that is to be mailed, with
 * the rendition that the variant of its profile has. Whose choices change at this very moment is left for the next digest.
 * The rows come into a partition of its own. That is attached last, when its indexes are made, so that no other digest waits for
 * a lock.
 */
export async function openLedger(
	tx: DatabaseOrTransaction,
	{ digestId, newsletterId, kind, hasRoundUp, changedSince, corrects }: Plan,
): Promise<AudienceSums> {
	const partition = sql.raw(`deliveries_${Math.trunc(digestId)}`)
	const value = sql.raw(String(Math.trunc(digestId)))
	await sql`create table ${partition} (like deliveries including defaults, check (digest_id = ${value}))`.execute(
		tx,
	)
	const isChanged = sql`(c.subscription_id is not null
		or coalesce(greatest(s.choices_changed_at, s.paused_until) >= ${changedSince}, false))`
	const isOfOtherRhythm =
		corrects !== null
			? sql`false`
			: hasRoundUp
				? sql`coalesce(chosen.rhythm, 'each') <> ${kind}`
				: sql`${kind}::text <> 'each'`
	const isAsKept = sql`coalesce(c.choices_version = s.choices_version
		and c.profile_id = coalesce(s.profile_id, usual.id), false)`
	const { rows } = await sql<{ reason: string | null; count: number }>`
		with candidates as materialized (
			select s.id as subscription_id, r.id as rendition_id, p.domain, coalesce(${whyNotMailed}, case
				when ${isOfOtherRhythm} then 'other_rhythm'
				when r.id is not null then null
				when ${isChanged} and not ${isAsKept} then 'choices_changed'
				when not ${isChanged} and (s.profile_id is null or ${isUsualProfile}) then 'no_rendition'
				else 'nothing_for_choices' end) as reason
			from subscriptions s
			${joinMailability}
			${joinUsualProfile}
			left join choice_profiles chosen on chosen.id = s.profile_id
			left join digest_profiles m on m.digest_id = ${digestId} and m.profile_id = coalesce(s.profile_id, usual.id)
			left join changed_readers c on c.digest_id = ${digestId} and c.subscription_id = s.id
			left join renditions r on r.variant_id = case
				when not ${isChanged} then m.variant_id when ${isAsKept} then c.variant_id end
			where s.newsletter_id = ${newsletterId} ${corrects === null ? sql`` : sql`and ${hasDigest(corrects)}`}
		), ${placingProviders(value)}, planned as (
			insert into ${partition} (digest_id, subscription_id, rendition_id, due_at, changed_at, provider)
			select ${value}, subscription_id, rendition_id, now(), now(), place
			from candidates left join placed using (domain) where reason is null order by subscription_id
			returning 1
		)
		select reason, count(*)::float8 as count from candidates where reason is not null group by reason
		union all select null, count(*)::float8 from planned
		union all select 'candidates', count(*)::float8 from candidates`.execute(tx)
	await sql`alter table deliveries attach partition ${partition} for values in (${value})`.execute(tx)
	await sql`analyze ${partition}`.execute(tx)

	const counts = new Map(rows.map(({ reason, count }) => [reason, count]))
	const candidates = counts.get('candidates') ?? 0
	const planned = counts.get(null) ?? 0
	counts.delete('candidates')
	counts.delete(null)
	return { candidates, planned, excluded: Object.fromEntries(counts) as Record<string, number> }
}

/**
 * Drops all rows of a digest. It needs the whole ledger for a moment, and rejects where another digest keeps it
 * waiting.
 */
export async function dropLedger(tx: DatabaseOrTransaction, digestId: number): Promise<void> {
	await sql`set local lock_timeout = '1s'`.execute(tx)
	await sql`drop table if exists ${sql.raw(`deliveries_${Math.trunc(digestId)}`)}`.execute(tx)
	await foldProviderTallies(tx, digestId)
	await tx.deleteFrom('delivery_tallies').where('digest_id', '=', digestId).execute()
}

/**
 * Excludes what is still due of a cancelled digest: some rows at a time, so that no lane waits long, and in one
 * order, as several lanes may do it at once. Gives how many.
 */
export async function excludeCancelled(db: Database, digestId: number): Promise<number> {
	for (let excluded = 0; ; ) {
		const { numAffectedRows } = await sql`
			update deliveries set state = 'excluded', reply = 'cancelled', changed_at = now()
			where digest_id = ${digestId} and state = 'planned' and subscription_id in (
				select subscription_id from deliveries where digest_id = ${digestId} and state = 'planned'
					and exists (select 1 from digests where id = ${digestId} and state = 'cancelled')
				order by due_at, subscription_id
				limit 20000
				for update
			)`.execute(db)
		if (!numAffectedRows) return excluded
		excluded += Number(numAffectedRows)
	}
}

export type Resent = { planned: number; leftOut: number }

/** What is in a state, and whether it may be mailed now. */
function wantedAgain(digestId: number, state: 'refused' | 'in_doubt') {
	return sql`
		select d.subscription_id, ${whyNotMailed} is null as may
		from deliveries d
		left join subscriptions s on s.id = d.subscription_id
		${joinMailability}
		where d.digest_id = ${digestId} and d.state = ${state}`
}

/** What `planAgain` would do. */
export async function countAgain(
	db: DatabaseOrTransaction,
	digestId: number,
	state: 'refused' | 'in_doubt',
): Promise<Resent> {
	const { rows } = await sql<Resent>`
		select count(*) filter (where may)::float8 as planned, count(*) filter (where not may)::float8 as "leftOut"
		from (${wantedAgain(digestId, state)}) wanted`.execute(db)
	return rows[0] ?? { planned: 0, leftOut: 0 }
}

/**
 * Plans again what is in a state, but for who must not be mailed. The row forgets its worker, so that an answer
 * that comes late changes nothing.
 */
export async function planAgain(
	tx: DatabaseOrTransaction,
	digestId: number,
	state: 'refused' | 'in_doubt',
): Promise<Resent> {
	const { rows } = await sql<Resent>`
		with wanted as (${wantedAgain(digestId, state)}), planned as (
			update deliveries d set state = 'planned', due_at = now(), first_deferred_at = null, worker = null,
				lease_until = null, changed_at = now()
			from wanted w
			where d.digest_id = ${digestId} and d.subscription_id = w.subscription_id and d.state = ${state} and w.may
			returning 1
		)
		select (select count(*) from planned)::float8 as planned,
			(select count(*) from wanted where not may)::float8 as "leftOut"`.execute(tx)
	return rows[0] ?? { planned: 0, leftOut: 0 }
}
