import { parse } from 'csv-parse/sync'
import { decodeFile } from './decode-file.ts'
import type { FileSeparator, FileShape } from './file-shape.ts'
import { type RawRecord, splitRecords } from './split-records.ts'

/** A row of a file: the line that it begins in, from 1 on, and its cells, or why it has none. */
export type FileRow = { line: number; cells: string[]; problem?: 'too_long' | 'quote' }

const recordsAtOnce = 1_000

/**
 * Reads the rows of a file as its bytes come, without the one that names the columns, holding no more than some of them at once.
 * A row that can't be read comes with its problem, and costs no other. Throws where the pieces do.
 */
export async function* readRows(
	pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	shape: Pick<FileShape, 'encoding' | 'separator' | 'hasHeader'>,
): AsyncGenerator<FileRow> {
	let isHeader = shape.hasHeader
	let batch: RawRecord[] = []
	for await (const record of splitRecords(decodeFile(pieces, shape.encoding), shape.separator)) {
		if (isHeader) isHeader = false
		else if (batch.push(record) === recordsAtOnce) {
			yield* parseRecords(batch, shape.separator)
			batch = []
		}
	}
	yield* parseRecords(batch, shape.separator)
}

/** The cells of records: all at once, or one by one where that comes to another number of rows. */
export function* parseRecords(records: readonly RawRecord[], separator: FileSeparator): Generator<FileRow> {
	const texts = records.flatMap((record) => ('text' in record ? record.text : []))
	const atOnce = cellsOf(texts.join('\r\n'), separator)
	const cells = (
		atOnce?.length === texts.length ? atOnce : texts.map((text) => cellsOf(text, separator)?.[0])
	).values()
	for (const record of records) {
		if ('problem' in record) yield { line: record.line, cells: [], problem: record.problem }
		else {
			const own = cells.next().value
			if (!own) yield { line: record.line, cells: [], problem: 'quote' }
			else if (own.some((cell) => cell !== '')) yield { line: record.line, cells: own }
		}
	}
}

function cellsOf(text: string, delimiter: FileSeparator): string[][] | undefined {
	if (text === '') return []
	try {
		const rows: string[][] = parse(text, {
			delimiter,
			record_delimiter: '\r\n',
			relax_quotes: true,
			relax_column_count: true,
			ltrim: true,
			rtrim: true,
		})
		return rows.map((row) => row.map(withoutApostrophe))
	} catch {
		return undefined
	}
}

/** Spreadsheets and our own exports put it before what could be taken for a formula. */
function withoutApostrophe(cell: string): string {
	return cell.startsWith("'") && /^'[=+\-@\t]/.test(cell) ? cell.slice(1) : cell
}
