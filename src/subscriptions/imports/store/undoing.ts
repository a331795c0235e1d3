import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { UndoneCounts } from '../../../kernel/tables/imports.ts'
import { withoutPerson } from '../../store/subscriptions.ts'
import type { RowRange } from './adding.ts'

type Taking = RowRange & { newsletterId: number; startedAt: Date }

/** Holds the persons that an import added or changed in a range of rows; gives their ids. */
export async function lockTouchedPersons(
	tx: DatabaseOrTransaction,
	{ importId, from, to, newsletterId }: Taking,
): Promise<number[]> {
	// each is looked up by its index, as in `joinWhatStands`
	const { rows } = await sql<{ id: number }>`
		with touched as materialized (
			select p.id from import_rows r
			cross join lateral (
				select id from subscribers where comparable_address = r.comparable_address limit 1
			) p
			left join lateral (
				select import_id from subscriptions where newsletter_id = ${newsletterId} and subscriber_id = p.id limit 1
			) s on true
			where r.import_id = ${importId} and r.number > ${from} and r.number <= ${to}
				and (r.outcome in ('new', 'arrives_left') and s.import_id = ${importId} or r.overwritten is not null)
		)
		select id from subscribers where id = any(array(select id from touched)) order by id for update`.execute(
		tx,
	)
	return rows.map(({ id }) => id)
}

/**
 * Takes away the subscriptions of these persons that an import added and nobody has touched since: its receipt is the only one,
 * nothing was asked for again, no digest was planned for them. What proves consent goes on without the person. Rows get
 * the outcome `removed`. Gives how many.
 */
export async function removeUntouched(
	tx: DatabaseOrTransaction,
	{ importId, from, to, newsletterId, startedAt }: Taking,
	subscriberIds: readonly number[],
): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		with lately as materialized (
			select id from digests where newsletter_id = ${newsletterId} and created_at >= ${startedAt}
		), untouched as materialized (
			select s.id from subscriptions s
			where s.newsletter_id = ${newsletterId} and s.import_id = ${importId}
				and s.subscriber_id = any(${[...subscriberIds]}::bigint[])
				and exists (
					select from consent_receipts c where c.subscription_id = s.id and c.action = 'imported' and c.at = s.updated_at
				)
				and not exists (
					select from consent_receipts c where c.subscription_id = s.id and c.action <> 'imported'
				)
				and not exists (select from notices n where n.subscription_id = s.id and n.state = 'sending')
				and not exists (select from reader_requests q where q.subscription_id = s.id)
				and not exists (
					select from lately l join deliveries d on d.digest_id = l.id and d.subscription_id = s.id
					where d.state <> 'excluded'
				)
			order by s.id for update
		), gone as (
			delete from subscriptions s using untouched u where s.id = u.id
			returning s.id, s.newsletter_id, s.subscriber_id
		), stripped as (
			update consent_receipts r set ${withoutPerson}
			from gone join subscribers p on p.id = gone.subscriber_id
			where r.subscription_id = gone.id
		), marked as (
			update import_rows r set outcome = 'removed'
			from gone join subscribers p on p.id = gone.subscriber_id
			where r.import_id = ${importId} and r.number > ${from} and r.number <= ${to}
				and r.outcome in ('new', 'arrives_left') and r.comparable_address = p.comparable_address
		)
		select count(*)::float8 as count from gone`.execute(tx)
	return rows[0]?.count ?? 0
}

/** Marks the rows of a range whose suppressions were lifted. */
export async function markLifted(
	tx: DatabaseOrTransaction,
	importId: number,
	addressHashes: readonly string[],
): Promise<void> {
	if (addressHashes.length === 0) return
	await sql`
		update import_rows set outcome = 'removed'
		where import_id = ${importId} and outcome = 'arrives_suppressed'
			and address_hash = any(${[...addressHashes]}::text[])`.execute(tx)
}

/** What taking an import back has come to; rows that it had not come to when it was ended count for nothing. `evidence`: of its suppressions. */
export async function countUndone(
	tx: DatabaseOrTransaction,
	{ id, staged, evidence }: { id: number; staged: number; evidence: string },
): Promise<UndoneCounts> {
	const { rows } = await sql<UndoneCounts>`
		select count(*) filter (where outcome = 'removed')::float8 as removed,
			count(*) filter (where outcome in ('new', 'arrives_left') and exists (
				select from subscribers p join subscriptions s on s.subscriber_id = p.id
				where p.comparable_address = r.comparable_address and s.import_id = ${id}
			) or outcome = 'arrives_suppressed' and exists (
				select from suppressions x where x.address_hash = r.address_hash and x.evidence = ${evidence} and x.lifted_at is null
			))::float8 as kept,
			count(*) filter (where outcome = 'known' and overwritten = '{}')::float8 as restored,
			count(*) filter (where outcome = 'changed')::float8 as "changedSince"
		from import_rows r where import_id = ${id} and number <= ${staged}`.execute(tx)
	return rows[0] ?? { removed: 0, kept: 0, restored: 0, changedSince: 0 }
}
