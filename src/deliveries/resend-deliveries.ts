import { completeDigest, reopenDigest } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { type PlanDeps, startLanes } from './plan-digest.ts'
import { planAgain, type Resent } from './store/audience.ts'

export type { Resent } from './store/audience.ts'

/** What staff may have sent again. */
export type ResendState = 'refused' | 'in_doubt'

/**
 * Has the deliveries of a digest that were refused, or that are in doubt, sent again, with the Message-ID that they had.
 * Who has unsubscribed or been suppressed meanwhile stays out. A completed digest is being sent again. Throws `not_found`,
 * and `conflict` where the digest is not sent or completed.
 */
export async function resendDeliveries(
	deps: PlanDeps,
	digestId: number,
	state: ResendState,
	actor: Actor,
): Promise<Resent> {
	const resent = await deps.db.transaction().execute(async (tx) => {
		await reopenDigest({ ...deps, db: tx }, digestId, actor)
		return planAgain(tx, digestId, state)
	})
	if (resent.planned > 0) await startLanes(deps, digestId)
	else await completeDigest(deps, digestId)
	deps.log.info({ digestId, state, ...resent }, 'deliveries are sent again')
	return resent
}
