import { parse } from 'csv-parse/sync'
import { restoreCell } from '../formula-cells.ts'
import type { FileSeparator } from './file-format.ts'
import type { RawRecord } from './split-records.ts'

/** A row of a file: the line that it begins in, from 1 on, and its cells, or why it has none. */
export type FileRow = { line: number; cells: string[]; problem?: 'too_long' | 'quote' }

/**
 * The rows of records, but for empty ones. Cells lose blanks around them, and the apostrophe that keeps one from being taken for
 * a formula.
 */
export function parseCells(records: readonly RawRecord[], separator: FileSeparator): FileRow[] {
	return records.flatMap((record): FileRow | [] => {
		if ('problem' in record) return { line: record.line, cells: [], problem: record.problem }
		const cells = cellsOf(record.text, separator)
		if (!cells) return { line: record.line, cells: [], problem: 'quote' }
		return cells.some((cell) => cell !== '') ? { line: record.line, cells } : []
	})
}

/** The cells of the text of one record; undefined where its quotes can't be understood. */
export function cellsOf(text: string, separator: FileSeparator): string[] | undefined {
	// most rows have none, and are as many as there are readers
	if (!text.includes('"')) return text.split(separator).map(tidy)
	try {
		const [cells = []]: string[][] = parse(text, {
			delimiter: separator,
			record_delimiter: '\r\n',
			relax_quotes: true,
			relax_column_count: true,
			ltrim: true,
			rtrim: true,
		})
		return cells.map(tidy)
	} catch {
		return undefined
	}
}

function tidy(cell: string): string {
	return restoreCell(cell.trim())
}
