import { auditDigest } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { displayAddress } from '../kernel/email-address.ts'
import type { DeliveryState } from '../kernel/enumerations.ts'
import { type DeliveryRow, selectDeliveries } from './store/listing.ts'

export type Delivery = Omit<DeliveryRow, 'local' | 'domain'> & { address: string }

export type DeliveryFilter = { state?: DeliveryState; after?: number; limit?: number }

/** As `listDeliveries`, for export: written into the audit with the first page. */
export async function exportDeliveries(
	deps: { db: Database; clock: Clock },
	digestId: number,
	filter: DeliveryFilter,
	actor: Actor,
): Promise<Delivery[]> {
	if (filter.after === undefined) await auditDigest(deps, actor, 'export', digestId)
	return listDeliveries(deps, digestId, filter)
}

/** Those after the subscription `after`, with full addresses. */
export async function listDeliveries(
	{ db }: { db: Database },
	digestId: number,
	{ state, after = 0, limit = 100 }: DeliveryFilter = {},
): Promise<Delivery[]> {
	const rows = await selectDeliveries(db, digestId, { state, after, limit })
	return rows.map(({ local, domain, ...row }) => ({ ...row, address: displayAddress({ local, domain }) }))
}
