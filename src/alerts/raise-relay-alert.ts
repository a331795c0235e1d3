import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { upsertAlert } from './store.ts'

/** That a relay refuses our account: for what cause, in which words, and how many messages. */
type AccountRefused = { name: string; cause: string; reason: string; refused: number }

/** Raises an alert that a relay refuses our account: one a day, relay and cause, which then is only brought up to date. */
export async function raiseRelayAlert(
	{ db, clock, log }: { db: Database; clock: Clock; log: Log },
	{ name, cause, reason, refused }: AccountRefused,
): Promise<void> {
	const at = clock.now()
	const { id, isNew } = await upsertAlert(db, {
		key: `relay/${name}/${cause}/${at.toISOString().slice(0, 10)}`,
		digestId: null,
		relay: name,
		reason,
		events: refused,
		planned: null,
		classes: { sender: refused },
		domains: {},
		at,
	})
	if (isNew) log.error({ alertId: id, relay: name, cause }, 'staff is alerted: a relay refuses our account')
}
