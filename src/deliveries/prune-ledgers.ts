import { keepLedgerSums, selectDigestsEndedBefore } from '../digests/index.ts'
import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { dropLedger } from './store/audience.ts'

export type PruneLedgersDeps = { db: Database; clock: Clock; log: Log; config: { retentionDays: number } }

/**
 * Drops the deliveries of digests that ended long ago and keeps their sums. Links in the mails are signed and work
 * without them. What can't be dropped now is tried again next time. Gives of how many digests; nothing where all are kept for good.
 */
export async function pruneLedgers({
	db,
	clock,
	log,
	config,
}: PruneLedgersDeps): Promise<{ deliveries?: number }> {
	if (config.retentionDays === 0) return {}
	let dropped = 0
	for (const { id } of await selectDigestsEndedBefore(db, addDays(clock.now(), -config.retentionDays))) {
		try {
			await db.transaction().execute(async (tx) => {
				if (await keepLedgerSums(tx, id)) await dropLedger(tx, id)
			})
			dropped += 1
		} catch (error) {
			log.warn({ digestId: id, err: error }, 'the deliveries of an old digest could not be dropped')
		}
	}
	log.info({ digests: dropped }, 'the deliveries of old digests were pruned')
	return { deliveries: dropped }
}
