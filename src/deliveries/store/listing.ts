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
