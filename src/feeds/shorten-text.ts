const words = new Intl.Segmenter('und', { granularity: 'word' })

/**
 * `text` in at most `maxCharacters` UTF-16 units: cut after a whole word, with an ellipsis where something is missing.
 * Scripts without spaces are cut where a word ends by the rules of Unicode (UAX #29).
 */
export function shortenText(text: string, maxCharacters: number): string {
	if (text.length <= maxCharacters) return text
	const head = text.slice(0, maxCharacters - 1)
	const whole = head.slice(0, lastWordEnd(text, head.length)).replace(/[\ud800-\udbff]$/, '')
	return `${whole.replace(/[\s,;:–—([«-]{1,9}$/u, '')}…`
}

function lastWordEnd(text: string, max: number): number {
	const space = text.lastIndexOf(' ', max)
	if (space > max * 0.6) return space
	let end = 0
	for (const { index, segment } of words.segment(text.slice(0, max + 1))) {
		if (index + segment.length <= max) end = index + segment.length
	}
	return end || max
}
