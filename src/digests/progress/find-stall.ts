import { readHold } from '../../installation/index.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { decideStall, isLong } from './decide-stall.ts'
import { type DigestPulse, isBeingPlanned, selectDueSince } from './store.ts'

/**
 * Since when a digest has made no progress though work is due, whoever asks: it does not take a worker to find that
 * there is none. Looks into the ledger only where nothing has happened for a while. What sending is held for does not stall.
 */
export async function findStall(
	{ db }: { db: DatabaseOrTransaction },
	{ id, state, now, stateSince, progressAt }: DigestPulse,
): Promise<Date | undefined> {
	const quietSince = progressAt && progressAt > stateSince ? progressAt : stateSince
	if (!isLong(quietSince, now) || (await readHold(db))) return undefined
	switch (state) {
		case 'planning':
			// a large audience takes its time, and holds the row meanwhile
			return (await isBeingPlanned(db, id)) ? undefined : quietSince
		case 'sending':
			return decideStall({ now, quietSince, dueSince: await selectDueSince(db, id) })
		default:
			return undefined
	}
}
