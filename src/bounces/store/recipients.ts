import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'

/** Who a mail went to. */
export type Reader = { subscriberId: number; addressHash: string; local: string; domain: string }

/**
 * `isFormer`: the subscription has another address by now. Then `reader` is whose it was when the mail went out, undefined where
 * that is not known any more.
 */
export type Recipient = { reader: Reader | undefined; isFormer: boolean }

/** Finds who a mail went to by a subscription that is still there; of one that was no digest, who has the subscription. */
export async function findRecipient(
	db: DatabaseOrTransaction,
	{ digestId, subscriptionId }: { digestId: number; subscriptionId: number },
): Promise<Recipient | undefined> {
	const { rows } = await sql<Reader & { mailedAt: Date | null; moves: number }>`
		select p.id as "subscriberId", p.address_hash as "addressHash", p.local_part as local, p.domain,
			mailed.at as "mailedAt", (
				select count(*)::int from consent_receipts r
				where r.subscription_id = s.id and r.action = 'moved' and r.at > mailed.at
			) as moves
		from subscriptions s
		join subscribers p on p.id = s.subscriber_id
		cross join lateral (
			select coalesce((
				select changed_at from deliveries
				where digest_id = ${digestId} and subscription_id = s.id and state = 'accepted'
			), (select planned_at from digests where id = ${digestId})) as at
		) mailed
		where s.id = ${subscriptionId}`.execute(db)
	const [row] = rows
	if (!row) return undefined
	const { mailedAt, moves, ...reader } = row
	if (!mailedAt || moves === 0) return { reader, isFormer: false }
	return {
		reader: moves === 1 ? await findFormerReader(db, subscriptionId, mailedAt) : undefined,
		isFormer: true,
	}
}

/** Whose a subscription was before it moved, once, since a time; known for as long as the change can be taken back. */
async function findFormerReader(
	db: DatabaseOrTransaction,
	subscriptionId: number,
	since: Date,
): Promise<Reader | undefined> {
	const { rows } = await sql<Reader>`
		select p.id as "subscriberId", p.address_hash as "addressHash", p.local_part as local, p.domain
		from reader_requests r
		cross join lateral jsonb_to_recordset(r.moves) as move (id bigint, how text, "with" bigint)
		cross join lateral (
			values (r.used_at, r.subscriber_id, r.new_subscriber_id),
				(r.undone_at, r.new_subscriber_id, r.subscriber_id)
		) as moved (at, former, later)
		join subscribers p on p.id = case when move.id = ${subscriptionId} then moved.former else moved.later end
		where moved.at > ${since} and move.how <> 'ended' and ${subscriptionId}::bigint in (move.id, move."with")
		order by moved.at limit 1`.execute(db)
	return rows[0]
}

/** Makes events of the same person wait for each other: each must see the ones before it. */
export async function lockReader(tx: DatabaseOrTransaction, subscriberId: number): Promise<void> {
	await tx.selectFrom('subscribers').select('id').where('id', '=', subscriberId).forUpdate().execute()
}

/** An address, and when a digest to it was planned. */
export type MailedBetween = { addressHash: string; from: Date; to: Date }

/** The latest delivery to each address, of digests planned between its two times; `at` is its place in what was asked. */
export async function findLatestDeliveries(
	db: DatabaseOrTransaction,
	asked: readonly MailedBetween[],
): Promise<Array<{ at: number; digestId: number; subscriptionId: number }>> {
	if (asked.length === 0) return []
	const hashes = asked.map(({ addressHash }) => addressHash)
	const froms = asked.map(({ from }) => from.toISOString())
	const tos = asked.map(({ to }) => to.toISOString())
	const { rows } = await sql<{ at: number; digestId: number; subscriptionId: number }>`
		select asked.at::int - 1 as at, latest.digest_id as "digestId", latest.subscription_id as "subscriptionId"
		from unnest(${hashes}::text[], ${froms}::timestamptz[], ${tos}::timestamptz[])
			with ordinality as asked (address_hash, earliest, latest, at)
		cross join lateral (
			select d.digest_id, d.subscription_id
			from subscribers p
			join subscriptions s on s.subscriber_id = p.id
			join digests g on g.newsletter_id = s.newsletter_id
				and g.planned_at between asked.earliest and asked.latest
			join deliveries d on d.digest_id = g.id and d.subscription_id = s.id
			where p.address_hash = asked.address_hash
				and d.state in ('accepted', 'in_doubt', 'refused', 'bounced', 'complained')
			order by d.digest_id desc limit 1
		) as latest`.execute(db)
	return rows
}
