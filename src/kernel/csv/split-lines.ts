/** A line of a file, its number from 1 on; of one that is too long there is no text. */
export type FileLine = { number: number; text: string; isTooLong: boolean }

/** No record has more. */
export const mostCharacters = 64_000

/**
 * Gives what splits text into lines as its pieces come, whichever the line ends; undefined ends it. Of a line that is too long
 * nothing is held.
 */
export function createSplitLines(): (piece: string | undefined) => FileLine[] {
	const lineEnd = /\r\n|\r|\n/g
	let [number, rest, isTooLong, endsWithReturn] = [1, '', false, false]
	const add = (text: string) => {
		isTooLong ||= rest.length + text.length > mostCharacters
		rest = isTooLong ? '' : rest + text
	}
	const take = (): FileLine => {
		const line = { number: number++, text: rest, isTooLong }
		;[rest, isTooLong] = ['', false]
		return line
	}
	return (piece) => {
		if (piece === undefined) return rest !== '' || isTooLong ? [take()] : []
		const lines: FileLine[] = []
		// CRLF may be cut in two
		let begin = endsWithReturn && piece.startsWith('\n') ? 1 : 0
		endsWithReturn = piece.endsWith('\r')
		lineEnd.lastIndex = begin
		for (let end = lineEnd.exec(piece); end; end = lineEnd.exec(piece)) {
			add(piece.slice(begin, end.index))
			begin = lineEnd.lastIndex
			lines.push(take())
		}
		add(piece.slice(begin))
		return lines
	}
}
