import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { digestProgress } from '../progress/digest-progress.ts'
import { markCompleted } from './store.ts'

export type CompleteDeps = { db: Database; clock: Clock; log: Log }

/**
 * Completes a digest none of whose deliveries is due or under way, or closes a cancelled one, and counts its ledger: where
 * the sums don't come out right the log says so. Gives whether there was something to complete.
 */
export async function completeDigest({ db, clock, log }: CompleteDeps, digestId: number): Promise<boolean> {
	if (!(await markCompleted(db, digestId, clock.now()))) return false
	const { digest, stalledSince, balanced, ...sums } = await digestProgress({ db }, digestId)
	const said = { digestId, state: digest.state, ...sums }
	if (balanced) log.info(said, 'the digest is over')
	else log.error(said, 'the digest is over, but its sums do not come out right')
	return true
}
