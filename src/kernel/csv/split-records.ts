import type { FileSeparator } from './file-format.ts'
import { createSplitLines, type FileLine, mostCharacters } from './split-lines.ts'

/** One record of a table as its text: the line of the file that it begins in, from 1 on. */
export type RawRecord = { line: number; text: string } | { line: number; problem: 'too_long' | 'quote' }

/** Quoted line breaks may have so many lines: more is a quote that was never closed. */
const mostLines = 50

/**
 * Splits the text of a table into its records (RFC 4180), those together that end in one piece of it: line ends within quotes
 * belong to a cell. A line that is too long, and a quote that is not closed within reason, cost their own line alone. Empty lines
 * are left out, and so is a first one that names the separator.
 */
export async function* splitRecords(
	pieces: AsyncIterable<string>,
	separator: FileSeparator,
): AsyncGenerator<RawRecord[]> {
	const splitLines = createSplitLines()
	let held: FileLine[] = []
	for await (const piece of pieces) {
		const { records, rest } = takeRecords([...held, ...splitLines(piece)], separator, { isEnd: false })
		held = rest
		if (records.length > 0) yield records
	}
	const { records } = takeRecords([...held, ...splitLines(undefined)], separator, { isEnd: true })
	if (records.length > 0) yield records
}

type Ending = { isEnd: boolean }

/** The records that these lines hold; `rest`: lines of one that is not over yet. */
function takeRecords(
	lines: readonly FileLine[],
	separator: FileSeparator,
	ending: Ending,
): { records: RawRecord[]; rest: FileLine[] } {
	const records: RawRecord[] = []
	for (let at = 0; at < lines.length; ) {
		const taken = takeRecord(lines, at, separator, ending)
		if (!taken) return { records, rest: lines.slice(at) }
		// what was held back is gone through anew where its first line stands alone
		at += taken.lines
		if (taken.record) records.push(taken.record)
	}
	return { records, rest: [] }
}

/** Excel writes and reads this above a table, which is no row of it. */
const namesSeparator = /^"?sep=.?"?$/i

type Taken = { lines: number; record?: RawRecord }

/** The record that begins at one of these lines; undefined where it needs more of them. */
function takeRecord(
	lines: readonly FileLine[],
	at: number,
	separator: FileSeparator,
	{ isEnd }: Ending,
): Taken | undefined {
	const first = lines[at]
	if (!first) return undefined
	if (first.isTooLong) return { lines: 1, record: { line: first.number, problem: 'too_long' } }
	if (first.text.trim() === '') return { lines: 1 }
	if (first.number === 1 && namesSeparator.test(first.text)) return { lines: 1 }
	let [text, isOpen] = ['', false]
	for (let index = at; ; index++) {
		const line = lines[index]
		if (!line) return isEnd ? broken(first) : undefined
		if (index - at >= mostLines || line.isTooLong || text.length > mostCharacters) return broken(first)
		text = index === at ? line.text : `${text}\n${line.text}`
		isOpen = line.text.includes('"') ? endsInQuotes(line.text, separator, isOpen) : isOpen
		if (!isOpen) return { lines: index - at + 1, record: { line: first.number, text } }
	}
}

function broken(first: FileLine): Taken {
	return { lines: 1, record: { line: first.number, problem: 'quote' } }
}

/** A quote opens a cell only at its beginning; within quotes two of them stand for one. */
function endsInQuotes(text: string, separator: FileSeparator, isOpenBefore: boolean): boolean {
	let isOpen = isOpenBefore
	let isCellBegin = !isOpenBefore
	for (let at = 0; at < text.length; at++) {
		const letter = text[at]
		if (isOpen) {
			if (letter !== '"') continue
			if (text[at + 1] === '"') at++
			else isOpen = false
			continue
		}
		if (letter === '"' && isCellBegin) isOpen = true
		// blanks before a quote are forgiven
		isCellBegin = letter === separator || (isCellBegin && letter === ' ')
	}
	return isOpen
}
