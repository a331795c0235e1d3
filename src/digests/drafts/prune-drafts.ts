import { addDays, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { deleteOldVersions } from './store.ts'

/** So long what a draft held before is kept. */
export const draftDays = 30

/** Forgets what drafts held long ago, but for what they hold now. Gives how many versions went. */
export async function pruneDrafts({
	db,
	clock,
}: {
	db: Database
	clock: Clock
}): Promise<{ drafts: number }> {
	return { drafts: await deleteOldVersions(db, addDays(clock.now(), -draftDays)) }
}
