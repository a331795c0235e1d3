import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { findStall } from './find-stall.ts'
import { markStalled, selectPulse } from './store.ts'

/**
 * Says in the log, once for each stall and whoever finds it, that a digest makes no progress though work is due, and
 * that it goes on again. Any process may ask at any time.
 */
export async function reportStalls({ db, log }: { db: DatabaseOrTransaction; log: Log }): Promise<void> {
	for (const pulse of await selectPulse(db, 'watched')) {
		const { id: digestId, state, reportedStall } = pulse
		const since = (await findStall({ db }, pulse)) ?? null
		if ((since !== null) === (reportedStall !== null)) continue
		if (!(await markStalled(db, digestId, since))) continue
		if (since) log.error({ digestId, state, since }, 'the digest makes no progress though work is due')
		else log.warn({ digestId, state, stalledSince: reportedStall }, 'the digest is stalled no longer')
	}
}
