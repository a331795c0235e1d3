import type { Clock } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { insertAuditEntry } from './store.ts'

type Deps = { db: DatabaseOrTransaction; clock: Clock }

/**
 * Writes down who did what: `{ actor: 'key:3', action: 'change', subject: 'newsletter:news' }`, and why where that was
 * asked. Never an address.
 */
export async function recordAudit(
	{ db, clock }: Deps,
	entry: { actor: string; action: string; subject: string; detail?: string },
): Promise<void> {
	await insertAuditEntry(db, { ...entry, at: clock.now() })
}
