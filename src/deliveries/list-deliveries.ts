import type { Database } from '../kernel/database.ts'
import { displayAddress } from '../kernel/email-address.ts'
import type { DeliveryState } from '../kernel/tables.ts'
import { type DeliveryRow, selectDeliveries } from './store.ts'

/** One digest to one subscription, as staff sees it. */
export type Delivery = Omit<DeliveryRow, 'local' | 'domain'> & { address: string }

/** Deliveries of a digest, a page at a time: those after the subscription `after`. Addresses are shown in full. */
export async function listDeliveries(
	{ db }: { db: Database },
	digestId: number,
	{ state, after = 0, limit = 100 }: { state?: DeliveryState; after?: number; limit?: number } = {},
): Promise<Delivery[]> {
	const rows = await selectDeliveries(db, digestId, { state, after, limit })
	return rows.map(({ local, domain, ...row }) => ({ ...row, address: displayAddress({ local, domain }) }))
}
