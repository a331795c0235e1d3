import { invalidField } from '../app-error.ts'
import { type FileEncoding, type FileFormat, type FilePieces, fileSeparators } from './file-format.ts'
import { guessEncodings } from './guess-encodings.ts'
import type { FileRow } from './parse-cells.ts'
import { peekBytes } from './peek-bytes.ts'
import { readRows } from './read-rows.ts'
import { refuseOtherFiles } from './refuse-other-files.ts'

/** What the beginning of a table shows. */
export type TableLook = {
	/** As it is guessed, but for what was asked for. */
	format: FileFormat
	/** Its first rows. */
	rows: FileRow[]
	/** The encodings that it can be in, the most likely one first. */
	encodings: FileEncoding[]
	/** The bytes of the file, the beginning among them. */
	all: AsyncGenerator<Uint8Array>
}

/** So much of a file is looked at, in bytes, and so many of its rows. */
const looksAtBytes = 262_144
const looksAtRows = 500

/**
 * Looks at the beginning of a table in text: guesses how it is read. `asked`: what is known better. Throws `invalid` for a file
 * that is none, as `field`.
 */
export async function lookAtTable(
	pieces: FilePieces,
	asked: { [Part in keyof FileFormat]?: FileFormat[Part] | undefined } = {},
	field = 'file',
): Promise<TableLook> {
	const { first, isWhole, all } = await peekBytes(pieces, looksAtBytes)
	refuseOtherFiles(first, field)
	const encodings = guessEncodings(first, { isWhole })
	const encoding = asked.encoding ?? encodings[0]
	if (!encoding) throw invalidField(field, 'errors.import.file.not_text')
	const tried = asked.separator ? [asked.separator] : fileSeparators
	let best: (Pick<TableLook, 'format' | 'rows'> & { score: number }) | undefined
	for (const separator of tried) {
		const format = { encoding, separator }
		const rows = await firstRows(first, format, { isWhole })
		const score = evenness(rows)
		if (!best || score > best.score) best = { format, rows, score }
	}
	if (!best) throw new Error('no separator was tried')
	return { format: best.format, rows: best.rows, encodings, all }
}

async function firstRows(
	first: Uint8Array,
	format: FileFormat,
	{ isWhole }: { isWhole: boolean },
): Promise<FileRow[]> {
	const rows: FileRow[] = []
	for await (const some of readRows([first], format)) {
		rows.push(...some)
		if (rows.length > looksAtRows) return rows.slice(0, looksAtRows + 1)
	}
	// the last one may be cut; what is too long is so however it ends
	const isCut = !isWhole && rows.length > 1 && rows.at(-1)?.problem !== 'too_long'
	return isCut ? rows.slice(0, -1) : rows
}

/** How many rows have the same number of cells, where that is more than one. */
function evenness(rows: readonly FileRow[]): number {
	const widths = rows.flatMap(({ cells }) => (cells.length > 0 ? cells.length : []))
	const rowsByWidth = new Map<number, number>()
	for (const width of widths) rowsByWidth.set(width, (rowsByWidth.get(width) ?? 0) + 1)
	// not the first row's width: a title may stand above the table
	const [width = 0, count = 0] = [...rowsByWidth].sort((a, b) => b[1] - a[1])[0] ?? []
	return width < 2 ? 0 : count / widths.length + width / 10_000
}
