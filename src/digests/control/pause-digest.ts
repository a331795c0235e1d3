import type { Actor } from '../../kernel/actor.ts'
import { type ControlDeps, changeState } from './change-state.ts'

/**
 * Halts a digest: within 2 seconds no process begins another message of it; those under way are finished. Without an
 * actor Envoi itself halts it, after an alert. Gives whether anything changed. Throws `not_found`, and `conflict` where
 * the digest is over.
 */
export async function pauseDigest(
	deps: ControlDeps,
	digestId: number,
	actor: Actor | undefined,
): Promise<boolean> {
	const { changed } = await changeState(deps, digestId, { action: 'pause', audited: 'pause', actor })
	return changed
}
