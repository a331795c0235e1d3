const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const wide =
	/\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

/** How many columns of a terminal a text takes: East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
	if (/^[\x20-\x7e]*$/.test(text)) return text.length
	let width = 0
	for (const { segment } of segments.segment(text)) width += widthOf(segment)
	return width
}

const widthOf = (segment: string) => (wide.test(segment) ? 2 : 1)

/**
 * A text in lines of at most `width` columns, broken between words; a word that is longer by itself is broken too, unless
 * `breakWords` is false. An empty text is one empty line.
 */
export function wrapWords(text: string, width: number, { breakWords = true } = {}): string[] {
	if (displayWidth(text) <= width) return [text]
	const lines: string[] = []
	let line = ''
	// a non-breaking space holds what it stands between
	for (const word of text.split(/ +/)) {
		for (const piece of breakWords ? piecesOf(word, width) : [word]) {
			const longer = line === '' ? piece : `${line} ${piece}`
			if (displayWidth(longer) <= width || line === '') line = longer
			else {
				lines.push(line)
				line = piece
			}
		}
	}
	return [...lines, line]
}

function piecesOf(word: string, width: number): string[] {
	if (displayWidth(word) <= width) return [word]
	const pieces: string[] = []
	let piece = ''
	for (const { segment } of segments.segment(word)) {
		if (displayWidth(piece + segment) > width) {
			pieces.push(piece)
			piece = ''
		}
		piece += segment
	}
	return [...pieces, piece]
}
