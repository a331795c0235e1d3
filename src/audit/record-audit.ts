import { type Actor, actorName } from '../kernel/actor.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { AuditAction } from './audit-actions.ts'
import { insertAuditEntry } from './store.ts'

type Deps = { db: DatabaseOrTransaction; clock: Clock }

/**
 * Writes down who did what: `{ actor, action: 'change', subject: 'newsletter:news' }`, and why where that was asked.
 * Never an address. Call it in the transaction of the change itself, so that neither is there without the other; a
 * reading of personal data is written down before anything is handed out.
 */
export async function recordAudit(
	{ db, clock }: Deps,
	{ actor, ...entry }: { actor: Actor; action: AuditAction; subject: string; detail?: string },
): Promise<void> {
	await insertAuditEntry(db, { ...entry, actor: actorName(actor), at: clock.now() })
}
