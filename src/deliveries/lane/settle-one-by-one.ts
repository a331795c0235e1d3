import type { Database } from '../../kernel/database.ts'
import { isUnstorable } from '../../kernel/is-unstorable.ts'
import type { Log } from '../../kernel/log.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import { type Settled, settleAndClaim, type WorkerKey } from '../store/claims.ts'

/**
 * Writes down what became of rows; where the database refuses the data, row by row, so that one outcome that can't be
 * stored holds up no other: its words are left out, and the log says so. A row that even so can't be written stays
 * with its worker until its lease ends, and is in doubt then. Rejects where the database does not answer.
 */
export async function settleOneByOne(
	{ db, log }: { db: Database; log: Log },
	key: WorkerKey,
	settled: readonly Settled[],
): Promise<void> {
	if (await isStored(db, key, settled)) return
	for (const row of settled) {
		if (await isStored(db, key, [row])) continue
		const { subscriptionId, kind } = row
		log.error({ ...key, subscriptionId, kind }, 'an outcome can’t be stored as it is: its words are left out')
		const safe = 'reply' in row ? { ...row, reply: ownReason('unstorable') } : row
		if (await isStored(db, key, [safe])) continue
		log.error({ ...key, subscriptionId, kind }, 'an outcome can’t be stored: the delivery will be in doubt')
	}
}

async function isStored(db: Database, key: WorkerKey, settled: readonly Settled[]): Promise<boolean> {
	try {
		await settleAndClaim(db, key, { settled, claim: { limit: 0, leaseSeconds: 0, after: undefined } })
		return true
	} catch (error) {
		if (isUnstorable(error)) return false
		throw error
	}
}
