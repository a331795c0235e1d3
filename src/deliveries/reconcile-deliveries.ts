import { completeDigest, selectOpenDigests } from '../digests/index.ts'
import { type PlanDeps, startLanes } from './plan-digest.ts'
import { excludeCancelled } from './store/audience.ts'
import { expireLeases, hasDue } from './store/leases.ts'

/**
 * Puts back what the queue has lost: digests to be planned or with deliveries due. Deliveries whose worker was lost
 * become in doubt; digests with nothing left to do are completed.
 */
export async function reconcileDeliveries(deps: PlanDeps): Promise<void> {
	const { db, log, jobs } = deps
	for (const { id: digestId, state } of await selectOpenDigests(db)) {
		if (state === 'planning') {
			await jobs.enqueue('plan-digest', { digestId }, { dedupe: String(digestId) })
			continue
		}
		if (state === 'cancelled') await excludeCancelled(db, digestId)
		const doubted = await expireLeases(db, digestId)
		if (doubted > 0)
			log.warn({ digestId, deliveries: doubted }, 'deliveries are in doubt: their worker was lost')
		if (state === 'paused') continue
		if (state === 'sending' && (await hasDue(db, digestId))) await startLanes(deps, digestId)
		else await completeDigest(deps, digestId)
	}
}
