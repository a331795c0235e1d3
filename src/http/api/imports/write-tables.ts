import type { ImportRow, RowsToCorrect } from '../../../subscriptions/index.ts'
import { writeCsv } from '../../server/write-csv.ts'
import { type Telling, toRowAnswer } from './import-answers.ts'

const columns = ['line', 'address', 'outcome', 'reason', 'remarks']

/** The report of an import as CSV, part by part. */
export async function* writeReport(
	batches: AsyncIterable<readonly ImportRow[]>,
	telling: Telling,
): AsyncGenerator<string> {
	yield writeCsv([columns])
	for await (const rows of batches) {
		yield writeCsv(
			rows.map((row) => {
				const { line, address, outcome, reason, remarks } = toRowAnswer(row, telling)
				return [line, address, outcome, reason, remarks.join(' ')]
			}),
		)
	}
}

/** The rows of a file that can't be used, in its columns, so that it can be corrected and brought again. */
export async function* writeRowsToCorrect(
	{ headings, separator, rows }: RowsToCorrect,
	{ messages, locale }: Telling,
): AsyncGenerator<string> {
	// by the mark spreadsheets know that it is UTF-8
	yield `\ufeff${writeCsv([[...headings, 'line', 'reason']], separator)}`
	for await (const some of rows) {
		yield writeCsv(
			some.map(({ line, reason, cells }) => {
				const missing = Array.from({ length: Math.max(0, headings.length - (cells?.length ?? 0)) }, () => '')
				return [...(cells ?? []), ...missing, line, reason && messages.text(locale, reason)]
			}),
			separator,
		)
	}
}
