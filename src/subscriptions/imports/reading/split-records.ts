import type { FileSeparator } from './file-shape.ts'

/** One record of a table as its text: the line of the file that it begins in, from 1 on. */
export type RawRecord = { line: number; text: string } | { line: number; problem: 'too_long' | 'quote' }

/** A record may have so many characters, and quoted line breaks so many lines: more is a quote that was never closed. */
const mostCharacters = 64_000
const mostLines = 50

/**
 * Splits the text of a table into its records (RFC 4180): line ends within quotes belong to a cell. A line that is too long,
 * and a quote that is not closed within reason, cost their own line alone. Empty lines are left out,
 * and so is a first one that names the separator.
 */
export async function* splitRecords(
	pieces: AsyncIterable<string>,
	separator: FileSeparator,
): AsyncGenerator<RawRecord> {
	let held: Line[] = []
	for await (const line of linesOf(pieces)) {
		if (line.number === 1 && namesSeparator.test(line.text)) continue
		held.push(line)
		// what was held back is gone through anew where its first line stands alone
		for (let again = true; again && held.length > 0; ) {
			const taken = takeRecord(held, separator, { isEnd: false })
			again = taken !== undefined
			if (!taken) break
			held = held.slice(taken.lines)
			if (taken.record) yield taken.record
		}
	}
	while (held.length > 0) {
		const taken = takeRecord(held, separator, { isEnd: true })
		if (!taken) break
		held = held.slice(taken.lines)
		if (taken.record) yield taken.record
	}
}

/** Excel writes and reads this above a table, which is no row of it. */
const namesSeparator = /^"?sep=.?"?$/i

type Line = { number: number; text: string; isTooLong: boolean }
type Taken = { lines: number; record?: RawRecord }

/** The record that the first of these lines begins; undefined where it needs more lines. */
function takeRecord(
	lines: readonly Line[],
	separator: FileSeparator,
	{ isEnd }: { isEnd: boolean },
): Taken | undefined {
	const [first] = lines
	if (!first) return undefined
	if (first.isTooLong) return { lines: 1, record: { line: first.number, problem: 'too_long' } }
	if (first.text.trim() === '') return { lines: 1 }
	let [text, isOpen] = ['', false]
	for (const [index, line] of lines.entries()) {
		if (index >= mostLines || line.isTooLong || text.length > mostCharacters) return broken(first)
		text = index === 0 ? line.text : `${text}\n${line.text}`
		isOpen = line.text.includes('"') ? endsInQuotes(line.text, separator, isOpen) : isOpen
		if (!isOpen) return { lines: index + 1, record: { line: first.number, text } }
	}
	return isEnd ? broken(first) : undefined
}

function broken(first: Line): Taken {
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

/** Lines with any of the three line ends; of one that is too long only its beginning is held. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<Line> {
	let [number, rest, isTooLong, endsWithReturn] = [1, '', false, false]
	for await (const piece of pieces) {
		// CRLF may be cut in two
		let text = endsWithReturn && piece.startsWith('\n') ? piece.slice(1) : piece
		endsWithReturn = piece.endsWith('\r')
		for (let end = text.search(lineEnd); end >= 0; end = text.search(lineEnd)) {
			yield { number: number++, text: rest + text.slice(0, end), isTooLong: isTooLong || tooLong(rest, end) }
			;[rest, isTooLong] = ['', false]
			text = text.slice(end + (text.startsWith('\r\n', end) ? 2 : 1))
		}
		isTooLong ||= tooLong(rest, text.length)
		rest = isTooLong ? '' : rest + text
	}
	if (rest !== '' || isTooLong) yield { number, text: rest, isTooLong }
}

const lineEnd = /[\r\n]/

function tooLong(rest: string, more: number): boolean {
	return rest.length + more > mostCharacters
}
