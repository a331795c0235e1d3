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

/** The latest delivery to an address, of digests planned between two times; undefined where there was none. */
export async function findLatestDelivery(
	db: DatabaseOrTransaction,
	addressHash: string,
	between: { from: Date; to: Date },
): Promise<{ digestId: number; subscriptionId: number } | undefined> {
	const { rows } = await sql<{ digestId: number; subscriptionId: number }>`
		select d.digest_id as "digestId", d.subscription_id as "subscriptionId"
		from subscribers p
		join subscriptions s on s.subscriber_id = p.id
		join digests g on g.newsletter_id = s.newsletter_id
			and g.planned_at between ${between.from} and ${between.to}
		join deliveries d on d.digest_id = g.id and d.subscription_id = s.id
		where p.address_hash = ${addressHash} and d.state in ('accepted', 'in_doubt', 'refused', 'bounced', 'complained')
		order by d.digest_id desc limit 1`.execute(db)
	return rows[0]
}
