import { completeDigest, reopenDigest } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { type PlanDeps, startLanes } from './plan-digest.ts'
import { countAgain, planAgain, type Resent } from './store/audience.ts'

export type { Resent } from './store/audience.ts'

export type ResendState = 'refused' | 'in_doubt'

/**
 * Sends deliveries again that were refused or are in doubt, with the same Message-ID; not to who has unsubscribed
 * or been suppressed since. A completed digest is being sent again. Throws `not_found`, and `conflict` where the
 * digest is neither being sent nor completed.
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

/** How many deliveries `resendDeliveries` would send again now, and how many of that state it would leave out. */
export function forecastResend(
	{ db }: { db: DatabaseOrTransaction },
	digestId: number,
	state: ResendState,
): Promise<Resent> {
	return countAgain(db, digestId, state)
}
