import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { deleteHolds } from '../pacing/store.ts'

/** Lets relays that refuse our account be tried again, all or one. Gives the names of those that were held. */
export function endHolds(
	{ db, clock }: { db: Database; clock: Clock },
	{ name, actor }: { name?: string | undefined; actor: Actor },
): Promise<string[]> {
	return db.transaction().execute(async (tx) => {
		const ended = await deleteHolds(tx, name)
		for (const relay of ended) {
			await recordAudit({ db: tx, clock }, { actor, action: 'resume', subject: `relay:${relay}` })
		}
		return ended
	})
}
