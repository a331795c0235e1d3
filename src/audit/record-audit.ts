import { type Actor, actorName } from '../kernel/actor.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { AuditChange } from '../kernel/tables/operation.ts'
import type { AuditAction } from './audit-actions.ts'
import { insertAuditEntry } from './store.ts'

/** What is written down because it leaves the house. */
const handsOut: readonly AuditAction[] = ['export', 'back-up', 'read report']

type Deps = { db: DatabaseOrTransaction; clock: Clock }

type AuditNote = {
	actor: Actor
	action: AuditAction
	subject: string
	detail?: string
	/** What `findChanges` finds. */
	changes?: readonly AuditChange[]
}

/**
 * Writes down who did what: `{ actor, action: 'change', subject: 'newsletter:news' }`, why where that was asked,
 * and what was changed, before and after. Never an address. Call it in the transaction of the change itself, so that neither is there without the other; a
 * reading of personal data is written down before anything is handed out, and not where nothing is.
 */
export async function recordAudit(
	{ db, clock }: Deps,
	{ actor, changes, ...entry }: AuditNote,
): Promise<void> {
	if (actor.getsNothing && handsOut.includes(entry.action)) return
	const kept = changes && changes.length > 0 ? JSON.stringify(changes) : null
	await insertAuditEntry(db, { ...entry, changes: kept, actor: actorName(actor), at: clock.now() })
}
