import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'

/** Whose subscription a proven event is about. */
export type Reader = { subscriberId: number; addressHash: string; local: string; domain: string }

export async function findReader(
	db: DatabaseOrTransaction,
	subscriptionId: number,
): Promise<Reader | undefined> {
	return db
		.selectFrom('subscriptions')
		.innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
		.select([
			'subscribers.id as subscriberId',
			'address_hash as addressHash',
			'local_part as local',
			'domain',
		])
		.where('subscriptions.id', '=', subscriptionId)
		.executeTakeFirst()
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
