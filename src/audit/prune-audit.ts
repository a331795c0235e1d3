import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { deleteEntriesBefore } from './store.ts'

/** Forgets what staff did long ago. Gives how many entries went; nothing where they are kept for good. */
export async function pruneAudit({
	db,
	clock,
	config: { auditDays },
}: {
	db: Database
	clock: Clock
	config: { auditDays: number }
}): Promise<{ audit?: number }> {
	if (auditDays === 0) return {}
	return { audit: await deleteEntriesBefore(db, addDays(clock.now(), -auditDays)) }
}
