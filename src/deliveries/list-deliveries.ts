import { auditDigest } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { displayAddress } from '../kernel/email-address.ts'
import type { DeliveryState } from '../kernel/enumerations.ts'
import { type DeliveryRow, selectDeliveries } from './store/listing.ts'

/** One digest to one subscription, as staff sees it. */
export type Delivery = Omit<DeliveryRow, 'local' | 'domain'> & { address: string }

export type DeliveryFilter = { state?: DeliveryState; after?: number; limit?: number }

/** As `listDeliveries`, for a table that leaves the house; with its first page that is written down. */
export async function exportDeliveries(
	deps: { db: Database; clock: Clock },
	digestId: number,
	filter: DeliveryFilter,
	actor: Actor,
): Promise<Delivery[]> {
	if (filter.after === undefined) await auditDigest(deps, actor, 'export', digestId)
	return listDeliveries(deps, digestId, filter)
}

/** Deliveries of a digest, a page at a time: those after the subscription `after`. Addresses are shown in full. */
export async function listDeliveries(
	{ db }: { db: Database },
	digestId: number,
	{ state, after = 0, limit = 100 }: DeliveryFilter = {},
): Promise<Delivery[]> {
	const rows = await selectDeliveries(db, digestId, { state, after, limit })
	return rows.map(({ local, domain, ...row }) => ({ ...row, address: displayAddress({ local, domain }) }))
}
