import { recordAudit } from '../audit/index.ts'
import { operator } from '../kernel/actor.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { setHeld } from './store.ts'

/** Holds sending in a database that has just been filled from a backup, within the transaction of that, and writes it down. */
export async function holdRestored(
	{ db, clock }: { db: DatabaseOrTransaction; clock: Clock },
	{ madeAt }: { madeAt: string },
): Promise<void> {
	await setHeld(db, { reason: 'older_backup', now: clock.now() })
	const entry = { actor: operator, action: 'restore', subject: 'installation' } as const
	await recordAudit({ db, clock }, { ...entry, detail: madeAt })
}
