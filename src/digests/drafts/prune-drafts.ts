import { addDays, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { deleteOldVersions } from './store/versions.ts'
import { deleteVisits } from './store/visits.ts'

/** So long what a draft held before is kept. */
export const draftDays = 30

/** Forgets what drafts held long ago, but for what they hold now, and who had them open. Gives how many versions went. */
export async function pruneDrafts({
	db,
	clock,
}: {
	db: Database
	clock: Clock
}): Promise<{ drafts: number }> {
	await deleteVisits(db, addDays(clock.now(), -1))
	return { drafts: await deleteOldVersions(db, addDays(clock.now(), -draftDays)) }
}
