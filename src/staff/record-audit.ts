import type { Clock } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { insertAuditEntry } from './store.ts'

type Deps = { db: DatabaseOrTransaction; clock: Clock }

/** Writes down who did what: `{ actor: 'key:3', action: 'change', subject: 'newsletter:news' }`. Never an address. */
export async function recordAudit(
	{ db, clock }: Deps,
	entry: { actor: string; action: string; subject: string },
): Promise<void> {
	await insertAuditEntry(db, { ...entry, at: clock.now() })
}
