import type { JobCatalog } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { selectDueEndpoints } from './store/messages.ts'

/** Queues each endpoint that something is due for: what was just written down, is to be tried again, or was lost by a crash. */
export async function reconcileWebhooks({
	db,
	clock,
	jobs,
}: {
	db: Database
	clock: Clock
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
}): Promise<void> {
	for (const endpointId of await selectDueEndpoints(db, clock.now())) {
		await jobs.enqueue('deliver-webhooks', { endpointId }, { dedupe: String(endpointId) })
	}
}
