import type { RelayHold } from '../deliveries/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { upsertAlert } from './store.ts'

/** Alerts staff that a relay refuses our account: once a day and relay, then it is only brought up to date. */
export async function alertOfHold(
	{ db, clock, log }: { db: Database; clock: Clock; log: Log },
	{ name, cause, reason, refused }: RelayHold,
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
