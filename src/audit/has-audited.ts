import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { AuditAction } from './audit-actions.ts'
import { hasEntry } from './store.ts'

/** Whether anybody has done this to the subject, as far back as the log goes. */
export function hasAudited(
	{ db }: { db: DatabaseOrTransaction },
	act: { action: AuditAction; subject: string },
): Promise<boolean> {
	return hasEntry(db, act)
}
