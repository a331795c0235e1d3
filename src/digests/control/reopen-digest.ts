import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { getDigest } from '../list-digests.ts'
import { changeStateWithin, conflictWith } from './change-state.ts'

/**
 * Opens a digest for deliveries that are sent again, in the transaction that plans them: until it ends, a digest that is
 * being sent can't be completed. Throws `not_found`, and `conflict` where the digest is neither being sent nor completed.
 */
export async function reopenDigest(
	deps: { db: DatabaseOrTransaction; clock: Clock },
	digestId: number,
	actor: Actor,
): Promise<void> {
	if (await changeStateWithin(deps, digestId, { action: 'reopen', audited: 'resend', actor })) return
	const { state } = await getDigest(deps, digestId)
	throw conflictWith(state, digestId)
}
