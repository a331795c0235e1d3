import type { Actor } from '../../kernel/actor.ts'
import type { DigestState } from '../../kernel/enumerations.ts'
import { type ControlDeps, changeState } from './change-state.ts'

/**
 * Lets a paused digest go on where it stood; what is then due, its caller starts. Throws `not_found`, and `conflict` where
 * the digest is over.
 */
export function resumeDigest(
	deps: ControlDeps,
	digestId: number,
	actor: Actor,
): Promise<{ changed: boolean; state: DigestState }> {
	return changeState(deps, digestId, { action: 'resume', audited: 'resume', actor })
}
