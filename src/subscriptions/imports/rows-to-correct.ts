import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { FileSeparator } from '../../kernel/csv/file-format.ts'
import { readRows } from '../../kernel/csv/read-rows.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { getImport, type ImportDeps, type ImportRecord, subjectOf } from './import.ts'
import { createPlainDays, type FileShape } from './reading/index.ts'
import { deleteFileParts, hasFile, readFileParts } from './store/file-parts.ts'
import { updateImport } from './store/imports.ts'
import { selectUnusable, setCells, type UnusableRow } from './store/unusable.ts'

/** The rows of a file that can't be used, as it has them but for days that may be mistaken, some at a time. */
export type RowsToCorrect = {
	/** Of the file; what its columns hold where it has none. */
	headings: string[]
	separator: FileSeparator
	rows: AsyncGenerator<UnusableRow[]>
}

/**
 * The rows of an import that can't be used, in the columns of its file, to be corrected and brought again; that somebody took them is
 * written down first. Throws `not_found`.
 */
export async function rowsToCorrect(
	deps: Pick<ImportDeps, 'db' | 'clock'>,
	id: number,
	actor: Actor,
): Promise<RowsToCorrect> {
	const found = await getImport(deps, id, actor)
	await recordAudit(deps, { actor, action: 'export', subject: subjectOf(id), detail: 'rows to correct' })
	const isThere = await hasFile(deps.db, id)
	const headings = isThere ? await headingsOf(deps.db, found) : found.headings
	return {
		headings: headings ?? found.shape.columns,
		separator: found.shape.separator,
		rows: withPlainDays(isThere ? fromFile(deps.db, found) : fromRows(deps.db, id), found.shape),
	}
}

async function* withPlainDays(
	batches: AsyncIterable<UnusableRow[]>,
	shape: FileShape,
): AsyncGenerator<UnusableRow[]> {
	const plain = createPlainDays(shape)
	for await (const rows of batches)
		yield rows.map((row) => ({ ...row, cells: row.cells && plain(row.cells) }))
}

/** Ends the file of an import: but for the rows that can't be used nothing is kept of it. */
export async function endFile(tx: DatabaseOrTransaction, found: ImportRecord): Promise<void> {
	const [first] = await selectUnusable(tx, found.id, { after: 0, limit: 1 })
	if (first && (await hasFile(tx, found.id))) {
		await updateImport(tx, found.id, { headings: await headingsOf(tx, found) })
		for await (const rows of fromFile(tx, found)) await setCells(tx, found.id, rows)
	}
	await deleteFileParts(tx, found.id)
}

async function headingsOf(
	db: DatabaseOrTransaction,
	{ id, shape: { hasHeader, ...shape } }: ImportRecord,
): Promise<string[] | null> {
	if (!hasHeader) return null
	for await (const [first] of readRows(readFileParts(db, id), {
		encoding: shape.encoding,
		separator: shape.separator,
	})) {
		if (first) return first.cells.map(storable)
	}
	return null
}

async function* fromFile(
	db: DatabaseOrTransaction,
	{ id, shape }: Pick<ImportRecord, 'id' | 'shape'>,
): AsyncGenerator<UnusableRow[]> {
	let after = 0
	for await (const rows of readRows(readFileParts(db, id), shape)) {
		const unusable = await selectUnusable(db, id, { after, to: after + rows.length })
		const begin = after + 1
		yield unusable.map((row) => ({ ...row, cells: (rows[row.number - begin]?.cells ?? []).map(storable) }))
		after += rows.length
	}
}

const rowsAtOnce = 2_000

async function* fromRows(db: DatabaseOrTransaction, importId: number): AsyncGenerator<UnusableRow[]> {
	for (let after = 0; ; ) {
		const rows = await selectUnusable(db, importId, { after, limit: rowsAtOnce })
		const last = rows.at(-1)
		if (!last) return
		yield rows
		after = last.number
	}
}

/** A database stores neither NUL nor half a surrogate pair. */
function storable(text: string): string {
	return text.replaceAll('\0', '\ufffd').toWellFormed()
}
