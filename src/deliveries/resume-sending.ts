import { resumeDigest } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { type PlanDeps, startLanes } from './plan-digest.ts'
import { endHolds } from './relays/end-holds.ts'

/**
 * Lets a paused digest go on where it stood, and has relays that refuse our account tried again. Gives whether the digest
 * changed. Throws `not_found`, and `conflict` where it is over.
 */
export async function resumeSending(deps: PlanDeps, digestId: number, actor: Actor): Promise<boolean> {
	const { changed, state } = await resumeDigest(deps, digestId, actor)
	await endHolds(deps, { actor })
	if (state === 'planning') {
		await deps.jobs.enqueue('plan-digest', { digestId }, { dedupe: String(digestId) })
	} else await startLanes(deps, digestId)
	return changed
}
