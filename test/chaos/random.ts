/** Numbers from 0 up to 1 that a seed decides. */
export type Random = () => number

/** Mulberry32: small, and even enough to choose moments by. */
export function createRandom(seed: number): Random {
	let state = seed >>> 0
	return () => {
		state = (state + 0x6d2b79f5) >>> 0
		let mixed = Math.imul(state ^ (state >>> 15), state | 1)
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
	}
}

/** A number from 0 up to 1 for each text, whatever was asked before. */
export function randomOf(seed: number, text: string): number {
	let hash = seed ^ 0x811c9dc5
	for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
	return createRandom(hash)()
}
