import { pipeline, Readable } from 'node:stream'
import { type Options, parse } from 'csv-parse'
import { parse as parseAtOnce } from 'csv-parse/sync'

/** One row of a table: the line of the file that it begins in, from 1, and its cells. */
export type CsvRow = { line: number; cells: string[] }

/** As csv-parse gives a row with `info`; `lines` is how many it has read by then. */
type ParsedRow = { record: string[]; info: { lines: number } }

/**
 * Reads a table (RFC 4180, UTF-8), row by row as its bytes come: commas, or semicolons or tabs where the first line has more
 * of those; any line ends. The first piece must hold the first line. Empty rows are left out, and a quote that is never
 * closed ends with the file. Cells lose blanks around them, and the apostrophe that keeps one from being taken for a formula.
 */
export async function* parseCsv(pieces: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<CsvRow> {
	const source = Readable.from(pieces).iterator()
	const first: Buffer = (await source.next()).value ?? Buffer.alloc(0)
	const delimiter = separatorOf(first)
	let unclosed: { raw: string; lines: number } | undefined
	const parser = parse({
		...lenient,
		delimiter,
		on_skip: (error, raw = '') => {
			unclosed = { raw, lines: Number(error?.lines) }
		},
	})
	const toRow = rowReader()
	// an error of the source ends the parser with it
	for await (const row of pipeline(Readable.from(inPieces(first, source)), parser, () => {})) {
		yield* toRow(row)
	}
	if (!unclosed) return
	const { raw, lines } = unclosed
	// the line end that a file ends with was not counted
	const [row] = parseAtOnce(`${raw.replace(/[\r\n]$/, '')}"`, {
		...lenient,
		delimiter,
		info: false,
		raw: false,
	})
	if (row) yield* toRow({ record: row, info: { lines } })
}

const pieceBytes = 65_536

/** Small pieces, so that few rows are held at once however large the first one is. */
async function* inPieces(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
	let piece = first
	for (let next: IteratorResult<Buffer>; ; piece = next.value) {
		for (let at = 0; at < piece.length; at += pieceBytes) yield piece.subarray(at, at + pieceBytes)
		next = await rest.next()
		if (next.done) return
	}
}

const lenient = {
	bom: true,
	record_delimiter: ['\r\n', '\n', '\r'],
	relax_quotes: true,
	relax_column_count: true,
	skip_empty_lines: true,
	info: true,
	raw: true,
	// a quote that is never closed, the one error left, must not cost the rows before it
	skip_records_with_error: true,
} as const satisfies Options

function separatorOf(first: Buffer): string {
	const line = first.toString('utf8', 0, 10_000).split(/[\r\n]/, 1)[0] ?? ''
	const count = (separator: string) => line.split(separator).length
	return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best))
}

/** Gives rows the line they begin in. csv-parse says where they end, and takes a CRLF within quotes for two line ends. */
function rowReader(): (row: ParsedRow) => CsvRow[] {
	let tooMany = 0
	return ({ record, info }) => {
		const text = record.join(',')
		const line = info.lines - tooMany - (text.match(/[\r\n]/g)?.length ?? 0)
		tooMany += text.match(/\r\n/g)?.length ?? 0
		const cells = record.map(tidy)
		return cells.some((cell) => cell !== '') ? [{ line, cells }] : []
	}
}

/** Blanks after a closing quote leave the quotes in the cell; a cell that only looks so loses its own too. */
function tidy(cell: string): string {
	return cell
		.replace(/^"(.*)"[ \t]+$/s, '$1')
		.trim()
		.replace(/^'(?=[=+\-@])/, '')
}
