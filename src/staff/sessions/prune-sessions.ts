import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { deleteEndedLinks } from '../store/links.ts'
import { deleteEndedSessions } from '../store/sessions.ts'

/** Forgets the browsers that nobody is signed in with any more, and links that have ended. Gives how many went. */
export async function pruneSessions({
	db,
	clock,
}: {
	db: Database
	clock: Clock
}): Promise<{ staff_sessions: number }> {
	const now = clock.now()
	return { staff_sessions: (await deleteEndedSessions(db, now)) + (await deleteEndedLinks(db, now)) }
}
