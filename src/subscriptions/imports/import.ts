import type { JobCatalog } from '../../jobs/catalog.ts'
import { type Actor, maySee } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { ImportState } from '../../kernel/enumerations.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import type { Keys } from '../../kernel/keys.ts'
import { findImport, type ImportRecord, lockImport } from './store/imports.ts'

export type { ImportRecord } from './store/imports.ts'

export type ImportDeps = {
	db: Database
	clock: Clock
	keys: Keys
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
}

/** The largest file that is taken, in bytes. */
export const maxImportBytes = 200_000_000

/** The subject of an import in the audit log. */
export const subjectOf = (id: number) => `import:${id}`

/** An import that is the actor's concern. Throws `not_found`. */
export async function getImport(
	{ db }: { db: DatabaseOrTransaction },
	id: number,
	actor: Actor,
): Promise<ImportRecord> {
	return require(await findImport(db, id), actor)
}

/** As `getImport`, held until the transaction ends. Throws `not_found`, and `conflict` where it is in none of these states. */
export async function holdImport(
	tx: DatabaseOrTransaction,
	{ id, states }: { id: number; states: readonly ImportState[] },
	actor: Actor,
): Promise<ImportRecord> {
	const found = require(await lockImport(tx, id), actor)
	if (!states.includes(found.state)) throw new AppError('conflict', `errors.import.state.${found.state}`)
	return found
}

function require(found: ImportRecord | undefined, actor: Actor): ImportRecord {
	if (!found || !maySee(actor, found.newsletterId)) throw new AppError('not_found', 'errors.import.not_found')
	return found
}
