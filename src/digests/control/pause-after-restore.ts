import { operator } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { changeStateWithin } from './change-state.ts'
import { selectOpenDigests } from './store.ts'

/**
 * Halts every digest that was under way when a backup was taken: whom it reached after that the backup does not know. Each is
 * for staff to look at, and to resume or cancel.
 */
export async function pauseAfterRestore(deps: { db: DatabaseOrTransaction; clock: Clock }): Promise<void> {
	for (const { id } of await selectOpenDigests(deps.db)) {
		await changeStateWithin(deps, id, { action: 'pause', audited: 'pause', actor: operator })
	}
}
