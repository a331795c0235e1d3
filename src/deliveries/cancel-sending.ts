import { cancelDigest, completeDigest } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import type { PlanDeps } from './plan-digest.ts'
import { excludeCancelled } from './store/audience.ts'

/**
 * Ends a digest for good: who is still due gets nothing and counts as excluded (`cancelled`); messages under way are
 * finished. Gives whether anything changed. Throws `not_found`, and `conflict` where it is completed.
 */
export async function cancelSending(deps: PlanDeps, digestId: number, actor: Actor): Promise<boolean> {
	const cancelled = await cancelDigest(deps, digestId, actor)
	await excludeCancelled(deps.db, digestId)
	await completeDigest(deps, digestId)
	return cancelled
}
