import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { ImportOutcome } from '../../kernel/enumerations.ts'
import { getImport, type ImportDeps, type ImportRecord, subjectOf } from './import.ts'
import { selectFinishedImports, selectImportsOf } from './store/imports.ts'
import { type ImportRow, selectRows } from './store/rows.ts'

export type { ImportRow } from './store/rows.ts'

type Deps = Pick<ImportDeps, 'db' | 'clock'>

/** The imports of a newsletter, the newest first: those before the one of id `after`. */
export function listImports(
	{ db }: Pick<Deps, 'db'>,
	newsletterId: number,
	page: { after?: number | undefined; limit: number },
): Promise<ImportRecord[]> {
	return selectImportsOf(db, newsletterId, page)
}

/** Those that are done, or were given up, since a time. */
export function listFinishedImports(
	{ db }: Pick<Deps, 'db'>,
	{ since }: { since: Date },
): ReturnType<typeof selectFinishedImports> {
	return selectFinishedImports(db, since)
}

/**
 * Rows of an import in the order of the file, those behind the one of number `after`; only of some outcomes where these are given.
 * They hold addresses. Throws `not_found`.
 */
export async function listImportRows(
	deps: Deps,
	id: number,
	wish: { outcomes?: readonly ImportOutcome[] | undefined; after?: number | undefined; limit: number },
	actor: Actor,
): Promise<ImportRow[]> {
	await getImport(deps, id, actor)
	return selectRows(deps.db, id, wish)
}

const rowsAtOnce = 5_000

/** Every row of an import with what became of it, some thousands at a time; that somebody took it is written down first. Throws `not_found`. */
export async function reportImport(
	deps: Deps,
	id: number,
	actor: Actor,
): Promise<AsyncGenerator<ImportRow[]>> {
	await getImport(deps, id, actor)
	await recordAudit(deps, { actor, action: 'export', subject: subjectOf(id) })
	return readAll(deps, id)
}

async function* readAll({ db }: Deps, id: number): AsyncGenerator<ImportRow[]> {
	for (let after = 0; ; ) {
		const rows = await selectRows(db, id, { after, limit: rowsAtOnce })
		const last = rows.at(-1)
		if (!last) return
		yield rows
		after = last.number
	}
}
