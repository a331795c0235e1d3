import { completeDigest, lockPlanning, markPlanned, planVariants, type RenderDeps } from '../digests/index.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import type { Log } from '../kernel/log.ts'
import type { AudienceSums } from '../kernel/tables/digests.ts'
import { openLedger } from './store/audience.ts'

export type PlanDeps = {
	db: Database
	clock: Clock
	log: Log
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	lanes?: number
}

/**
 * Freezes who is sent a digest, and starts sending. It is one transaction: killed in the middle it leaves nothing
 * behind, and called again it only starts sending again. What readers get whose choices changed lately is decided here, by
 * what they had; a variant that only they get may be compiled for it.
 */
export async function planDigest(deps: PlanDeps & RenderDeps, digestId: number): Promise<void> {
	const { db, clock, log } = deps
	const audience = await db.transaction().execute(async (tx) => {
		const digest = await lockPlanning(tx, digestId)
		if (!digest) return undefined
		const decided = await planVariants(deps, tx, digestId)
		const sums = await openLedger(tx, { digestId, ...decided, newsletterId: digest.newsletterId })
		assertBalanced(sums)
		await markPlanned(tx, digestId, { audience: sums, now: clock.now() })
		return sums
	})
	if (audience) log.info({ digestId, ...audience }, 'the audience of a digest is frozen')
	if (audience?.planned === 0) await completeDigest(deps, digestId)
	else await startLanes(deps, digestId)
}

/** Queues the lanes of a digest; those that wait there already are enough. */
export async function startLanes(
	{ jobs, lanes = 1 }: Pick<PlanDeps, 'jobs' | 'lanes'>,
	digestId: number,
): Promise<void> {
	for (let lane = 0; lane < lanes; lane++) {
		await jobs.enqueue('send-digest', { digestId, lane }, { dedupe: `${digestId}/${lane}` })
	}
}

function assertBalanced({ candidates, planned, excluded }: AudienceSums): void {
	const sum = Object.values(excluded).reduce((total, count) => total + count, planned)
	if (sum !== candidates) throw new Error(`${candidates} candidates, but ${sum} planned or excluded`)
}
