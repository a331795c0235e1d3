// silent reading of adults, rounded down from 238 (Brysbaert 2019, a review of 190 studies)
const wordsAMinute = 200

/** How long texts take to be read, in whole minutes, one at least. */
export function readingMinutes(texts: readonly string[]): number {
	const words = texts.reduce(
		(sum, text) => sum + (text.match(/[\p{L}\p{N}][\p{L}\p{N}’'-]*/gu)?.length ?? 0),
		0,
	)
	return Math.max(1, Math.round(words / wordsAMinute))
}
