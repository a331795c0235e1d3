/** One line of a table: its number in the file, from 1, and its cells. */
export type CsvRow = { line: number; cells: string[] }

/**
 * Reads a table (RFC 4180): commas, or semicolons or tabs where the first line has more of those; quotes as it says; any
 * line ends. Empty lines are left out. An apostrophe that keeps a cell from being taken for a formula is taken away.
 */
export function parseCsv(text: string): CsvRow[] {
	const source = text.replace(/^\uFEFF/, '')
	const separator = separatorOf(source)
	const rows: CsvRow[] = []
	let line = 1
	let row: CsvRow = { line, cells: [] }
	let at = 0
	const endRow = () => {
		if (row.cells.some((cell) => cell !== '')) rows.push(row)
		row = { line, cells: [] }
	}
	while (at < source.length) {
		const { cell, end } = source[at] === '"' ? readQuoted(source, at) : readPlain(source, at, separator)
		row.cells.push(tidy(cell))
		line += cell.split('\n').length - 1
		at = end
		if (source[at] === separator) {
			at += 1
			if (at === source.length) row.cells.push('')
			continue
		}
		at += source.startsWith('\r\n', at) ? 2 : 1
		line += 1
		endRow()
	}
	endRow()
	return rows
}

function separatorOf(source: string): string {
	const first = source.slice(0, 10_000).split(/[\r\n]/, 1)[0] ?? ''
	const count = (separator: string) => first.split(separator).length
	return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best))
}

function readPlain(source: string, start: number, separator: string): { cell: string; end: number } {
	let end = start
	while (end < source.length && source[end] !== separator && !/[\r\n]/.test(source[end] ?? '')) end += 1
	return { cell: source.slice(start, end), end }
}

function readQuoted(source: string, start: number): { cell: string; end: number } {
	let cell = ''
	for (let at = start + 1; at < source.length; at++) {
		if (source[at] !== '"') cell += source[at]
		else if (source[at + 1] === '"') {
			cell += '"'
			at += 1
		} else
			return { cell, end: at + 1 + (/^[^,;\t\r\n]*/.exec(source.slice(at + 1, at + 1_000))?.[0].length ?? 0) }
	}
	return { cell, end: source.length }
}

function tidy(cell: string): string {
	return cell.trim().replace(/^'(?=[=+\-@])/, '')
}
