import type { Database } from '../../kernel/database.ts'
import { isUnstorable } from '../../kernel/is-unstorable.ts'
import type { Log } from '../../kernel/log.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import { type Settled, settleAndClaim, type WorkerKey } from '../store/claims.ts'

/**
 * Writes outcomes; where the database refuses the data, one by one and without the words that it refuses, so that
 * one outcome holds up no other. What still can't be written is in doubt once its lease ends. Rejects where the
 * database does not answer.
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
