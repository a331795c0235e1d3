import type { FileEncoding } from './file-format.ts'

/**
 * The encodings that the beginning of a file can be of, the most likely one first; none where it is no text. `isWhole`: there is
 * nothing after it, so that a letter cut in two is an error.
 */
export function guessEncodings(first: Uint8Array, { isWhole }: { isWhole: boolean }): FileEncoding[] {
	const marked = byMark(first)
	if (marked) return [marked]
	if (first.includes(0)) {
		const unmarked = byZeros(first)
		return unmarked ? [unmarked] : []
	}
	return isUtf8(first, isWhole) ? ['utf-8', 'windows-1252'] : ['windows-1252', 'utf-8']
}

/** The Unicode Standard, 23.8: byte order marks. */
function byMark(first: Uint8Array): FileEncoding | undefined {
	const begins = (...bytes: number[]) => bytes.every((byte, index) => first[index] === byte)
	if (begins(0xef, 0xbb, 0xbf)) return 'utf-8'
	if (begins(0xff, 0xfe)) return 'utf-16le'
	if (begins(0xfe, 0xff)) return 'utf-16be'
	return undefined
}

/** In UTF-16 of Latin letters every other byte is zero. */
function byZeros(first: Uint8Array): FileEncoding | undefined {
	const length = Math.min(first.length, 4_096)
	let [even, odd] = [0, 0]
	for (let at = 0; at < length; at++) {
		if (first[at] !== 0) continue
		if (at % 2 === 0) even++
		else odd++
	}
	if (odd > length * 0.3 && even === 0) return 'utf-16le'
	if (even > length * 0.3 && odd === 0) return 'utf-16be'
	return undefined
}

function isUtf8(bytes: Uint8Array, isWhole: boolean): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole })
		return true
	} catch {
		return false
	}
}
