import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'

export type DeliveryRow = {
	subscriptionId: number
	local: string
	domain: string
	state: DeliveryState
	attempts: number
	dueAt: Date
	reply: string | null
	changedAt: Date
}

export type DeliveryPage = { state: DeliveryState | undefined; after: number; limit: number }

export async function selectDeliveries(
	db: DatabaseOrTransaction,
	digestId: number,
	{ state, after, limit }: DeliveryPage,
): Promise<DeliveryRow[]> {
	let query = db
		.selectFrom('deliveries')
		.innerJoin('subscriptions', 'subscriptions.id', 'deliveries.subscription_id')
		.innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
		.select([
			'deliveries.subscription_id as subscriptionId',
			'local_part as local',
			'domain',
			'deliveries.state',
			'attempts',
			'due_at as dueAt',
			'reply',
			'changed_at as changedAt',
		])
		.where('digest_id', '=', digestId)
		.where('deliveries.subscription_id', '>', after)
		.orderBy('deliveries.subscription_id')
		.limit(limit)
	if (state) query = query.where('deliveries.state', '=', state)
	return query.execute()
}

/** Takes the replies out of what is over for subscriptions. Gives how many there were. */
export async function clearReplies(
	tx: DatabaseOrTransaction,
	subscriptionIds: readonly number[],
): Promise<number> {
	if (subscriptionIds.length === 0) return 0
	const { numAffectedRows } = await sql`
		update deliveries d set reply = null,
			refusal_recorded = case when d.state = 'refused' then d.attempts else d.refusal_recorded end
		from subscriptions s
		join digests g on g.newsletter_id = s.newsletter_id
		where s.id = any(${[...subscriptionIds]}::bigint[]) and d.digest_id = g.id and d.subscription_id = s.id
			and d.reply is not null and d.state in ('accepted', 'refused', 'in_doubt', 'bounced', 'complained')`.execute(
		tx,
	)
	return Number(numAffectedRows ?? 0)
}
