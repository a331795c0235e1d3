import type { FileSeparator } from './file-format.ts'
import { cellsOf, type FileRow } from './parse-cells.ts'

/**
 * Some programs put each whole line into quotes: `"Email,Name"`. Whether the first row of a file is such a row of headings: an address
 * with a comma in the name before it only looks so.
 */
export function isWrapped(first: FileRow | undefined, separator: FileSeparator): boolean {
	const [cell = '', ...others] = first?.cells ?? []
	return others.length === 0 && cell.includes(separator) && !cell.includes('@')
}

/** Rows of a file whose lines are wrapped, by what is within the quotes; one that is not is as it was. */
export function unwrapRows(rows: readonly FileRow[], separator: FileSeparator): FileRow[] {
	return rows.map((row) => {
		const [cell, ...others] = row.cells
		if (cell === undefined || others.length > 0) return row
		const cells = cellsOf(cell, separator)
		return cells ? { line: row.line, cells } : { line: row.line, cells: [], problem: 'quote' }
	})
}
