import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { BounceEventKind } from '../../kernel/enumerations.ts'
import type { HistoryEntry } from '../decide-policy.ts'

/**
 * Since when an address is known to live again: its last confirmation, or the end of its last suppression. What bounced
 * before says nothing of it any more.
 */
export async function findFreshSince(
	tx: DatabaseOrTransaction,
	addressHash: string,
): Promise<Date | undefined> {
	const { rows } = await sql<{ since: Date | null }>`
		select greatest(
			(select lifted_at from suppressions where address_hash = ${addressHash}),
			(select max(s.confirmed_at) from subscriptions s join subscribers p on p.id = s.subscriber_id
				where p.address_hash = ${addressHash})
		) as since`.execute(tx)
	return rows[0]?.since ?? undefined
}

/** The failures of an address that count, and the deliveries that its server is reported to have taken; the latest ones. */
export async function selectReported(
	tx: DatabaseOrTransaction,
	addressHash: string,
	since: Date | undefined,
): Promise<HistoryEntry[]> {
	const { rows } = await sql<{ digestId: number; at: Date; via: string; kind: BounceEventKind }>`
		select digest_id as "digestId", occurred_at as at, via, kind from bounce_events
		where address_hash = ${addressHash} and matched_by is not null and matched_by <> 'unsubscribe_url' and digest_id > 0
			and occurred_at >= ${since ?? new Date(0)}
			and (kind = 'delivered' or (kind = 'bounce' and (class in ('mailbox-full', 'temporary')
				or (class = 'address' and not hard and status not like '_.7.%'))))
		order by digest_id desc limit 200`.execute(tx)
	return rows.map(({ digestId, at, via, kind }) =>
		kind === 'delivered'
			? { outcome: 'accepted', digestId, at, reported: true }
			: { outcome: 'failed', digestId, at, via },
	)
}

/** What the ledger has as accepted for an address, of the digests since `fromDigest`. */
export async function selectAccepted(
	tx: DatabaseOrTransaction,
	addressHash: string,
	fromDigest: number,
): Promise<HistoryEntry[]> {
	const { rows } = await sql<{ digestId: number; at: Date }>`
		select digest_id as "digestId", changed_at as at from deliveries
		where digest_id >= ${fromDigest} and state = 'accepted' and subscription_id = any (array(
			select s.id from subscriptions s join subscribers p on p.id = s.subscriber_id
			where p.address_hash = ${addressHash}
		))`.execute(tx)
	return rows.map(({ digestId, at }) => ({ outcome: 'accepted', digestId, at, reported: false }))
}

/** When a digest was planned; undefined where there is none. */
export async function findPlannedAt(db: DatabaseOrTransaction, digestId: number): Promise<Date | undefined> {
	const row = await db
		.selectFrom('digests')
		.select('planned_at')
		.where('id', '=', digestId)
		.executeTakeFirst()
	return row?.planned_at ?? undefined
}
