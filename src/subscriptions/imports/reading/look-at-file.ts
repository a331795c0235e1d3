import { invalidField } from '../../../kernel/app-error.ts'
import type { FileEncoding, FilePieces } from '../../../kernel/csv/file-format.ts'
import { lookAtTable } from '../../../kernel/csv/look-at-table.ts'
import type { FileRow } from '../../../kernel/csv/parse-cells.ts'
import { withoutName } from '../../../kernel/csv/without-name.ts'
import { parseEmailAddress } from '../../../kernel/email-address.ts'
import type { DateOrder, FileShape, OrderOfDates } from './file-shape.ts'
import { foldHeading } from './fold-heading.ts'
import { guessColumns } from './guess-columns.ts'
import { createJudgeDateOrder } from './judge-date-order.ts'
import { type KnownSystem, recogniseSystem } from './known-systems.ts'

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

const shownRows = 15
const mostColumns = 200

/**
 * Looks at the beginning of a file of readers: guesses how it is read, and shows what that gives. `asked`: what is known better;
 * `usual`: the order of days where no row proves one. Throws `invalid` (`file`) for what is no table in text, or has no rows.
 */
export async function lookAtFile(
	pieces: FilePieces,
	asked: Partial<FileShape> = {},
	usual: DateOrder = 'day_first',
): Promise<FileLook> {
	const { format, rows: all, encodings } = await lookAtTable(pieces, asked)
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
			...format,
			hasHeader,
			columns,
			...(asked.dateOrder ? orderAsked(asked.dateOrder, asked) : judgeOrder(rows, columns, usual)),
			stateOfAll: asked.stateOfAll ?? recognised?.stateOfAll ?? 'active',
		},
		headings,
		rows: rows.slice(0, shownRows),
		system: recognised?.system ?? null,
		encodings,
		accented: accentedWords(rows),
	}
}

/** The row that names the columns has no address in it, and something in each cell or almost. */
function isHeader(row: FileRow | undefined): boolean {
	return (
		row !== undefined &&
		row.cells.length > 0 &&
		!row.cells.some((cell) => parseEmailAddress(withoutName(cell)).ok)
	)
}

function orderAsked(
	dateOrder: DateOrder,
	{ dateOrderBy = 'staff', dateOrderLine = null }: Partial<FileShape>,
): OrderOfDates {
	return { dateOrder, dateOrderBy, dateOrderLine }
}

function judgeOrder(rows: readonly FileRow[], columns: FileShape['columns'], usual: DateOrder): OrderOfDates {
	const judge = createJudgeDateOrder(columns, new Date())
	for (const row of rows) judge.see(row)
	return judge.verdict(usual)
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
