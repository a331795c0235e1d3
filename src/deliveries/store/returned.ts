import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'

export type Returned = 'bounced' | 'complained' | 'delivered'

const returnedTo = {
	bounced: { state: 'bounced', from: ['accepted', 'in_doubt'] },
	complained: { state: 'complained', from: ['accepted', 'in_doubt', 'bounced'] },
	// proof that it went out ends the doubt
	delivered: { state: 'accepted', from: ['in_doubt'] },
} as const satisfies Record<Returned, { state: DeliveryState; from: readonly DeliveryState[] }>

/** Gives whether the row changed: it may know better. */
export async function setReturned(
	tx: DatabaseOrTransaction,
	{ digestId, subscriptionId }: { digestId: number; subscriptionId: number },
	returned: Returned,
): Promise<boolean> {
	const { state, from } = returnedTo[returned]
	const changed = await tx
		.updateTable('deliveries')
		.set({ state, worker: null, lease_until: null, changed_at: sql<Date>`now()` })
		.where('digest_id', '=', digestId)
		.where('subscription_id', '=', subscriptionId)
		.where('state', 'in', from)
		.returning('subscription_id')
		.executeTakeFirst()
	return changed !== undefined
}
