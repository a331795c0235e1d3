import { addDays, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { deleteEvidence, findNeedlessEvidence } from './store/evidence.ts'
import { deleteFilesBefore } from './store/file-parts.ts'

/** How many days after its last step the file and the rows of an import are kept: as long it can be taken back. */
export const importDays = 30

/** Forgets files and rows of imports, and with them the addresses in them; the imports themselves, which have none, stay. */
export async function pruneImports({
	db,
	clock,
}: {
	db: Database
	clock: Clock
}): Promise<{ imports: number }> {
	const before = addDays(clock.now(), -importDays)
	await deleteEvidence(db, await findNeedlessEvidence(db, before))
	return { imports: await deleteFilesBefore(db, before) }
}
