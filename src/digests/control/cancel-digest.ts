import type { Actor } from '../../kernel/actor.ts'
import { type ControlDeps, changeState } from './change-state.ts'

/**
 * Cancels a digest for good; who is still due, its caller excludes. Gives whether anything changed. Throws `not_found`,
 * and `conflict` where it is completed.
 */
export async function cancelDigest(deps: ControlDeps, digestId: number, actor: Actor): Promise<boolean> {
	const { changed } = await changeState(deps, digestId, { action: 'cancel', audited: 'cancel', actor })
	return changed
}
