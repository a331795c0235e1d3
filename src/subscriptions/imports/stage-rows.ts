import { AppError } from '../../kernel/app-error.ts'
import { commitLater } from '../../kernel/commit-later.ts'
import { readRows } from '../../kernel/csv/read-rows.ts'
import { getNewsletter, listTopics, type Newsletter } from '../../newsletters/index.ts'
import { applyBasis } from './change-import.ts'
import type { ContinueImportDeps } from './continue-import.ts'
import {
	createJudgeDateOrder,
	type FileShape,
	type JudgeDateOrder,
	type OrderOfDates,
	usualDateOrder,
} from './reading/index.ts'
import { readFileParts } from './store/file-parts.ts'
import { findImport, type ImportRecord, lockImport, updateImport } from './store/imports.ts'
import { deleteRows, insertRows, markDuplicates, type RowToStage } from './store/rows.ts'
import { createToRow } from './to-row.ts'

const rowsAtOnce = 1_000

/**
 * Reads the whole file of an import and keeps each of its rows with what would become of it now; rows that were kept before a crash are
 * passed over. Nobody is added. It begins anew where rows prove another order of days than was taken. Throws `invalid` for a file
 * that can't be read as its shape says.
 */
export async function stageRows(deps: ContinueImportDeps, importId: number): Promise<void> {
	// which order the first rows prove counts once: all of the file may prove none
	let foresees = true
	for (let goesOn = true; goesOn && !deps.stopping.aborted; ) {
		const found = await findImport(deps.db, importId)
		if (found?.state !== 'checking') return
		const newsletter = await getNewsletter(deps, { id: found.newsletterId })
		const order = await stageFile(deps, found, { newsletter, foresees })
		if (!order) return
		goesOn = order.dateOrder !== found.shape.dateOrder
		foresees = false
		await (goesOn ? beginAnew(deps, importId, order) : conclude(deps, importId, order))
	}
}

/** Gives the order that days turn out to be written in; undefined where it is not for this process to go on. */
async function stageFile(
	deps: ContinueImportDeps,
	{ id, shape, staged }: ImportRecord,
	{ newsletter, foresees }: { newsletter: Newsletter; foresees: boolean },
): Promise<OrderOfDates | undefined> {
	let bytesRead = 0
	async function* content() {
		for await (const part of readFileParts(deps.db, id)) {
			bytesRead += part.length
			yield part
		}
	}
	const topics = await listTopics(deps, newsletter.id)
	const toRow = createToRow({ ...deps, newsletter, topics, shape })
	const judge = createJudgeDateOrder(shape.columns, deps.clock.now())
	const verdict = () => verdictOf(judge, shape, newsletter)
	let number = 0
	let batch: RowToStage[] = []
	// the next rows are read while the last ones are kept
	let kept = Promise.resolve(true)
	for await (const rows of readRows(content(), shape)) {
		for (const row of rows) {
			judge.see(row)
			if (++number <= staged) continue
			batch.push(await toRow(row, number))
			if (batch.length < rowsAtOnce) continue
			if (deps.stopping.aborted || !(await kept)) return undefined
			// nothing proved the order that was taken
			if (foresees && shape.dateOrderBy === 'language' && verdict().dateOrder !== shape.dateOrder)
				return verdict()
			kept = keep(deps, id, batch, bytesRead)
			kept.catch(() => {})
			batch = []
		}
	}
	if (!(await kept)) return undefined
	if (batch.length > 0 && !(await keep(deps, id, batch, bytesRead))) return undefined
	return verdict()
}

/** What staff says holds, whatever the rows prove. */
function verdictOf(
	judge: JudgeDateOrder,
	{ dateOrder, dateOrderBy, dateOrderLine }: FileShape,
	{ defaultLocale }: Newsletter,
): OrderOfDates {
	if (dateOrderBy === 'staff') return { dateOrder, dateOrderBy, dateOrderLine }
	return judge.verdict(usualDateOrder(defaultLocale))
}

async function beginAnew({ db }: ContinueImportDeps, importId: number, order: OrderOfDates): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const found = await lockImport(tx, importId)
		if (found?.state !== 'checking') return
		await deleteRows(tx, importId)
		await updateImport(tx, importId, { staged: 0, bytesRead: 0, shape: { ...found.shape, ...order } })
	})
}

/** Keeps rows and how far the import is with them. Gives whether it is still for this process to go on. */
async function keep(
	{ db }: ContinueImportDeps,
	importId: number,
	rows: readonly RowToStage[],
	bytesRead: number,
): Promise<boolean> {
	return db.transaction().execute(async (tx) => {
		await commitLater(tx)
		const found = await lockImport(tx, importId)
		const first = rows[0]?.number ?? 0
		if (found?.state !== 'checking' || found.staged !== first - 1) return false
		await insertRows(tx, { importId, newsletterId: found.newsletterId }, rows)
		await updateImport(tx, importId, { staged: found.staged + rows.length, bytesRead, failures: 0 })
		return true
	})
}

async function conclude(
	{ db, clock, log }: ContinueImportDeps,
	importId: number,
	order: OrderOfDates,
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const found = await lockImport(tx, importId)
		if (found?.state !== 'checking') return
		if (found.staged === 0) throw new AppError('invalid', 'errors.import.file.no_rows')
		await markDuplicates(tx, importId)
		await applyBasis({ db: tx, clock }, importId)
		const checked = {
			bytesRead: found.fileBytes,
			checkedAt: clock.now(),
			shape: { ...found.shape, ...order },
		}
		await updateImport(tx, importId, { state: 'checked', ...checked })
		log.info({ importId, rows: found.staged }, 'the file of an import was checked')
	})
}
