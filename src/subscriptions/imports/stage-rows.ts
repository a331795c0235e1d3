import { AppError } from '../../kernel/app-error.ts'
import { readRows } from '../../kernel/csv/read-rows.ts'
import { getNewsletter, listTopics } from '../../newsletters/index.ts'
import { applyBasis } from './change-import.ts'
import type { ContinueImportDeps } from './continue-import.ts'
import { readFileParts } from './store/file-parts.ts'
import { findImport, lockImport, updateImport } from './store/imports.ts'
import { insertRows, markDuplicates, type RowToStage } from './store/rows.ts'
import { createToRow } from './to-row.ts'

const rowsAtOnce = 1_000

/**
 * Reads the whole file of an import and keeps each of its rows with what would become of it now; rows that were kept before a crash are
 * passed over. Nobody is added. Throws `invalid` for a file that can't be read as its shape says.
 */
export async function stageRows(deps: ContinueImportDeps, importId: number): Promise<void> {
	const found = await findImport(deps.db, importId)
	if (!found) return
	let bytesRead = 0
	async function* content() {
		for await (const part of readFileParts(deps.db, importId)) {
			bytesRead += part.length
			yield part
		}
	}
	const newsletter = await getNewsletter(deps, { id: found.newsletterId })
	const topics = await listTopics(deps, newsletter.id)
	const toRow = createToRow({ ...deps, newsletter, topics, shape: found.shape })
	let number = 0
	let batch: RowToStage[] = []
	// the next rows are read while the last ones are kept
	let kept = Promise.resolve(true)
	for await (const rows of readRows(content(), found.shape)) {
		for (const row of rows) {
			if (++number <= found.staged) continue
			batch.push(await toRow(row, number))
			if (batch.length < rowsAtOnce) continue
			if (deps.stopping.aborted || !(await kept)) return
			kept = keep(deps, importId, batch, bytesRead)
			kept.catch(() => {})
			batch = []
		}
	}
	if (!(await kept)) return
	if (batch.length > 0 && !(await keep(deps, importId, batch, bytesRead))) return
	await conclude(deps, importId)
}

/** Keeps rows and how far the import is with them. Gives whether it is still for this process to go on. */
async function keep(
	{ db }: ContinueImportDeps,
	importId: number,
	rows: readonly RowToStage[],
	bytesRead: number,
): Promise<boolean> {
	return db.transaction().execute(async (tx) => {
		const found = await lockImport(tx, importId)
		const first = rows[0]?.number ?? 0
		if (found?.state !== 'checking' || found.staged !== first - 1) return false
		await insertRows(tx, { importId, newsletterId: found.newsletterId }, rows)
		await updateImport(tx, importId, { staged: found.staged + rows.length, bytesRead, failures: 0 })
		return true
	})
}

async function conclude({ db, clock, log }: ContinueImportDeps, importId: number): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const found = await lockImport(tx, importId)
		if (found?.state !== 'checking') return
		if (found.staged === 0) throw new AppError('invalid', 'errors.import.file.no_rows')
		await markDuplicates(tx, importId)
		await applyBasis({ db: tx, clock }, importId)
		await updateImport(tx, importId, { state: 'checked', bytesRead: found.fileBytes, checkedAt: clock.now() })
		log.info({ importId, rows: found.staged }, 'the file of an import was checked')
	})
}
