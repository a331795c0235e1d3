import { invalidField } from '../../../kernel/app-error.ts'
import { parseEmailAddress } from '../../../kernel/email-address.ts'
import { decodeFile } from './decode-file.ts'
import { type FileEncoding, type FileSeparator, type FileShape, fileSeparators } from './file-shape.ts'
import { foldHeading } from './fold-heading.ts'
import { guessColumns, withoutName } from './guess-columns.ts'
import { guessEncodings } from './guess-encoding.ts'
import { type KnownSystem, recogniseSystem } from './known-systems.ts'
import { guessDateOrder } from './read-date.ts'
import { type FileRow, parseRecords } from './read-rows.ts'
import { refuseOtherFiles } from './refuse-other-files.ts'
import { splitRecords } from './split-records.ts'

/** What the beginning of a file shows. */
export type FileLook = {
	/** As it is guessed, but for what was asked for. */
	shape: FileShape
	/** The headings; empty where the file has none. */
	headings: string[]
	/** Its first rows. */
	rows: FileRow[]
	/** What wrote it, where that is known. */
	system: KnownSystem | null
	/** The encodings that it can be in, the most likely one first. */
	encodings: FileEncoding[]
	/** Words of it with accents, by which a person sees whether the encoding is right. */
	accented: string[]
}

/** So much of a file is looked at, in bytes, and so many of its rows. */
const looksAtBytes = 262_144
const looksAtRows = 500
const shownRows = 15
const mostColumns = 200

/**
 * Looks at the beginning of a file of readers: guesses how it is read, and shows what that gives. `asked`: what is known better.
 * Throws `invalid` (`file`) for what is no table in text, or has no rows.
 */
export async function lookAtFile(
	pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	asked: Partial<FileShape> = {},
): Promise<FileLook> {
	const { first, isWhole } = await beginningOf(pieces)
	if (first.length === 0) throw invalidField('file', 'errors.import.file.empty')
	refuseOtherFiles(first)
	const encodings = guessEncodings(first, { isWhole })
	const encoding = asked.encoding ?? encodings[0]
	if (!encoding) throw invalidField('file', 'errors.import.file.not_text')
	const { separator, rows: all } = await bestRows(first, encoding, { isWhole, separator: asked.separator })
	const hasHeader = asked.hasHeader ?? isHeader(all[0])
	const headings = hasHeader ? (all[0]?.cells ?? []) : []
	const rows = hasHeader ? all.slice(1) : all
	if (rows.length === 0) throw invalidField('file', 'errors.import.file.no_rows')
	const width = Math.max(headings.length, rows[0]?.cells.length ?? 0)
	if (width > mostColumns) {
		throw invalidField('file', 'errors.import.file.too_wide', { count: width, max: mostColumns })
	}
	const recognised = recogniseSystem(headings)
	const columns = asked.columns ?? columnsOf(headings, rows, recognised?.columns)
	return {
		shape: {
			encoding,
			separator,
			hasHeader,
			columns,
			dateOrder: asked.dateOrder ?? guessDateOrder(datesOf(rows, columns), new Date()),
			stateOfAll: asked.stateOfAll ?? recognised?.stateOfAll ?? 'active',
		},
		headings,
		rows: rows.slice(0, shownRows),
		system: recognised?.system ?? null,
		encodings,
		accented: accentedWords(rows),
	}
}

async function beginningOf(
	pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<{ first: Buffer; isWhole: boolean }> {
	const held: Uint8Array[] = []
	let length = 0
	for await (const piece of pieces) {
		held.push(piece)
		length += piece.length
		if (length > looksAtBytes) return { first: Buffer.concat(held).subarray(0, looksAtBytes), isWhole: false }
	}
	return { first: Buffer.concat(held), isWhole: true }
}

/** The rows by the separator that gives most of them the same number of cells, and more than one. */
async function bestRows(
	first: Uint8Array,
	encoding: FileEncoding,
	{ isWhole, separator }: { isWhole: boolean; separator: FileSeparator | undefined },
): Promise<{ separator: FileSeparator; rows: FileRow[] }> {
	const tried = separator ? [separator] : fileSeparators
	let best: { separator: FileSeparator; rows: FileRow[]; score: number } | undefined
	for (const each of tried) {
		const rows = await firstRows(first, encoding, { isWhole, separator: each })
		const score = evenness(rows)
		if (!best || score > best.score) best = { separator: each, rows, score }
	}
	return best ?? { separator: ',', rows: [] }
}

async function firstRows(
	first: Uint8Array,
	encoding: FileEncoding,
	{ isWhole, separator }: { isWhole: boolean; separator: FileSeparator },
): Promise<FileRow[]> {
	const records = []
	for await (const record of splitRecords(decodeFile([first], encoding), separator)) {
		records.push(record)
		if (records.length > looksAtRows) break
	}
	// the last one may be cut
	if (!isWhole && records.length > 1 && records.length <= looksAtRows) records.pop()
	return [...parseRecords(records, separator)]
}

function evenness(rows: readonly FileRow[]): number {
	const widths = rows.flatMap(({ cells }) => (cells.length > 0 ? cells.length : []))
	const rowsByWidth = new Map<number, number>()
	for (const width of widths) rowsByWidth.set(width, (rowsByWidth.get(width) ?? 0) + 1)
	// not the first row's width: a title may stand above the table
	const [width = 0, count = 0] = [...rowsByWidth].sort((a, b) => b[1] - a[1])[0] ?? []
	return width < 2 ? 0 : count / widths.length + width / 10_000
}

/** The row that names the columns has no address in it, and something in each cell or almost. */
function isHeader(row: FileRow | undefined): boolean {
	return (
		row !== undefined &&
		row.cells.length > 0 &&
		!row.cells.some((cell) => parseEmailAddress(withoutName(cell)).ok)
	)
}

function columnsOf(
	headings: readonly string[],
	rows: readonly FileRow[],
	known: Readonly<Record<string, FileShape['columns'][number]>> = {},
): FileShape['columns'] {
	const guessed = guessColumns(
		headings,
		rows.map(({ cells }) => cells),
	)
	return guessed.map(
		(meaning, index) => known[foldHeading(headings[index] ?? '').replaceAll(' ', '_')] ?? meaning,
	)
}

function datesOf(rows: readonly FileRow[], columns: FileShape['columns']): string[] {
	const indexes = columns.flatMap((meaning, index) =>
		meaning === 'joined_at' || meaning === 'confirmed_at' || meaning === 'left_at' ? index : [],
	)
	return rows.flatMap(({ cells }) => indexes.flatMap((index) => cells[index] || []))
}

function accentedWords(rows: readonly FileRow[]): string[] {
	const words = new Set<string>()
	for (const { cells } of rows) {
		for (const word of cells.join(' ').match(/[\p{L}\ufffd’'-]*[^\x20-\x7e\s][\p{L}\ufffd’'-]*/gu) ?? []) {
			if (word.length < 30) words.add(word)
			if (words.size === 3) return [...words]
		}
	}
	return [...words]
}
