import { neutraliseCell } from '../../kernel/formula-cells.ts'

/**
 * Rows as CSV (RFC 4180, CRLF), every cell in quotes. A cell that a spreadsheet would take for a formula gets an
 * apostrophe in front (mail-rules T5).
 */
export function writeCsv(
	rows: ReadonlyArray<ReadonlyArray<string | number | Date | null>>,
	separator = ',',
): string {
	return rows.map((row) => `${row.map(writeCell).join(separator)}\r\n`).join('')
}

function writeCell(value: string | number | Date | null): string {
	if (typeof value === 'number') return String(value)
	const text = value instanceof Date ? value.toISOString() : (value ?? '')
	return `"${neutraliseCell(text).replaceAll('"', '""')}"`
}
