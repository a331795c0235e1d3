import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DigestState } from '../../kernel/enumerations.ts'
import { getDigest } from '../list-digests.ts'
import { type ControlAction, doneStates } from './allowed-states.ts'
import { auditDigest, type DigestAction } from './audit-digest.ts'
import { setControlled } from './store.ts'

export type ControlDeps = { db: Database; clock: Clock }

type Change = { action: ControlAction; audited: DigestAction; actor: Actor | undefined }

/**
 * Changes the state of a digest and writes the entry in the audit, both or none. Gives whether anything changed, and the
 * state that the digest has now. Throws `not_found`, and `conflict` where its state does not allow the action.
 */
export async function changeState(
	deps: ControlDeps,
	digestId: number,
	change: Change,
): Promise<{ changed: boolean; state: DigestState }> {
	const changed = await deps.db
		.transaction()
		.execute((tx) => changeStateWithin({ ...deps, db: tx }, digestId, change))
	const { state } = await getDigest(deps, digestId)
	if (!changed && !doneStates[change.action].includes(state)) throw conflictWith(state, digestId)
	return { changed, state }
}

/** The same within the transaction of the caller, who looks at the answer. */
export async function changeStateWithin(
	deps: { db: DatabaseOrTransaction; clock: Clock },
	digestId: number,
	{ action, audited, actor }: Change,
): Promise<boolean> {
	if (!(await setControlled(deps.db, digestId, action))) return false
	if (actor) await auditDigest(deps, actor, audited, digestId)
	return true
}

export function conflictWith(state: DigestState, digestId: number): AppError {
	return new AppError('conflict', `errors.digest.is_${state}`, { params: { id: digestId } })
}
