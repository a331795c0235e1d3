import { sql } from 'kysely'
import type { DatabaseOrTransaction } from './database.ts'

/**
 * Has a transaction not wait until its commit is on disk: for one of many that are repeated where a crash of PostgreSQL takes
 * the last of them away. What was committed before it is never lost without it, and the first transaction that waits makes all of
 * them last.
 */
export async function commitLater(tx: DatabaseOrTransaction): Promise<void> {
	await sql`set local synchronous_commit to off`.execute(tx)
}
