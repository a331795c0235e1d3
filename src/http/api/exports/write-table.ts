import type { Cell, ExportedTable } from '../../../exports/index.ts'
import { writeCsv } from '../../server/write-csv.ts'

export const tableFormats = ['csv', 'json'] as const
export type TableFormat = (typeof tableFormats)[number]

export const contentTypes: Readonly<Record<TableFormat, string>> = {
	csv: 'text/csv',
	json: 'application/json',
}

/** A table as text, part by part: CSV with a header, or a JSON array with an object a line. */
export function writeTable(table: ExportedTable, format: TableFormat): AsyncGenerator<string> {
	return format === 'csv' ? toCsv(table) : toJson(table)
}

async function* toCsv({ columns, rows }: ExportedTable): AsyncGenerator<string> {
	yield writeCsv([columns])
	for await (const part of rows) yield writeCsv(part.map((row) => row.map(toCsvCell)))
}

/** Lists with semicolons between, as the import takes them; what has parts as JSON. */
function toCsvCell(cell: Cell): string | number | Date | null {
	if (Array.isArray(cell)) return cell.join('; ')
	if (cell === null || cell instanceof Date || typeof cell !== 'object') {
		return typeof cell === 'boolean' ? String(cell) : cell
	}
	return JSON.stringify(cell)
}

async function* toJson({ columns, rows }: ExportedTable): AsyncGenerator<string> {
	let between = '[\n'
	for await (const part of rows) {
		if (part.length === 0) continue
		const lines = part.map((row) =>
			JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, row[at]]))),
		)
		yield between + lines.join(',\n')
		between = ',\n'
	}
	yield between === '[\n' ? '[]\n' : '\n]\n'
}
