import { closeSignupAlert } from '../../alerts/index.ts'
import { addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { deleteQuietAttack } from './store.ts'

/** After so long with nothing or little kept back, an attack is over. */
export const quietSeconds = 1_800

/** Ends an attack that has been quiet for a while: closes its alert, and forgets the networks it came from. */
export async function endQuietAttack({
	db,
	clock,
	log,
}: {
	db: Database
	clock: Clock
	log: Log
}): Promise<void> {
	const ended = await db.transaction().execute((tx) => endIfQuiet(tx, clock.now()))
	if (ended) log.info({ attackId: ended }, 'the attack on the sign-up is over')
}

/** Gives the attack that staff had been told of, where it ended. */
export async function endIfQuiet(tx: DatabaseOrTransaction, now: Date): Promise<number | undefined> {
	const ended = await deleteQuietAttack(tx, addSeconds(now, -quietSeconds))
	if (!ended?.wasTold) return undefined
	await closeSignupAlert(tx, { attackId: ended.id, at: now })
	return ended.id
}
