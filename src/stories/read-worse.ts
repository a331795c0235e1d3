// UTF-8 read as Windows-1252 or Latin-1: Ã©, â€™, Â«, ðŸ˜€
const mojibake =
	/[ÂÃ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]|â(?:€|\u0080)|ï¿½|ðŸ/g

/** Whether a text has more broken letters than the one read before. */
export function readWorse(text: string | null, before: string | null): boolean {
	return text !== null && before !== null && damage(text) > damage(before)
}

function damage(text: string): number {
	return text.split('\ufffd').length - 1 + (text.match(mojibake)?.length ?? 0)
}
