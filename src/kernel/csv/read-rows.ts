import { decodeText } from './decode-text.ts'
import type { FileFormat, FilePieces } from './file-format.ts'
import { type FileRow, parseCells } from './parse-cells.ts'
import { splitRecords } from './split-records.ts'
import { isWrapped, unwrapRows } from './unwrap-rows.ts'

/**
 * Reads the rows of a file as its bytes come, some at a time, without the one that names the columns. A row that can't be read
 * comes with its problem, and costs no other. Throws where the pieces do.
 */
export async function* readRows(
	pieces: FilePieces,
	{ encoding, separator, hasHeader = false }: FileFormat & { hasHeader?: boolean },
): AsyncGenerator<FileRow[]> {
	let areWrapped: boolean | undefined
	for await (const records of splitRecords(decodeText(pieces, encoding), separator)) {
		const rows = parseCells(records, separator)
		if (rows.length === 0) continue
		const isBeginning = areWrapped === undefined
		areWrapped ??= isWrapped(rows[0], separator)
		const read = areWrapped ? unwrapRows(rows, separator) : rows
		yield hasHeader && isBeginning ? read.slice(1) : read
	}
}
