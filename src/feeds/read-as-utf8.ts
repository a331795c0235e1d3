const windows1252 = new TextDecoder('windows-1252')

/**
 * Bytes taken as UTF-8: how many letters beyond ASCII they hold, how many of those take three bytes or more, how many
 * places are broken, and the text with each of these mended.
 */
export function readAsUtf8(bytes: Uint8Array): {
	letters: number
	longLetters: number
	broken: number
	text: () => string
} {
	let [letters, longLetters] = [0, 0]
	const broken: Array<{ start: number; end: number }> = []
	for (let index = 0; index < bytes.length; ) {
		if ((bytes[index] ?? 0) < 0x80) {
			index++
			continue
		}
		const { length, isWhole } = letterAt(bytes, index)
		if (isWhole) letters++
		if (isWhole && length > 2) longLetters++
		if (!isWhole) broken.push({ start: index, end: index + length })
		index += length
	}
	return { letters, longLetters, broken: broken.length, text: () => mend(bytes, broken) }
}

/** RFC 3629 §4: a letter, or how many bytes of one are there before it breaks off (at least one). */
function letterAt(bytes: Uint8Array, start: number): { length: number; isWhole: boolean } {
	const first = bytes[start] ?? 0
	const size =
		first >= 0xc2 && first <= 0xdf
			? 2
			: first >= 0xe0 && first <= 0xef
				? 3
				: first >= 0xf0 && first <= 0xf4
					? 4
					: 1
	for (let length = 1; length < size; length++) {
		const byte = bytes[start + length] ?? 0
		const [low, high] = length === 1 ? secondByte(first) : [0x80, 0xbf]
		if (byte < low || byte > high) return { length, isWhole: false }
	}
	return { length: size, isWhole: size > 1 }
}

// no longer form than needed, no surrogates, nothing beyond U+10FFFF
function secondByte(first: number): [number, number] {
	if (first === 0xe0) return [0xa0, 0xbf]
	if (first === 0xed) return [0x80, 0x9f]
	if (first === 0xf0) return [0x90, 0xbf]
	if (first === 0xf4) return [0x80, 0x8f]
	return [0x80, 0xbf]
}

function mend(bytes: Uint8Array, broken: ReadonlyArray<{ start: number; end: number }>): string {
	const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
	let text = ''
	let from = 0
	for (const { start, end } of broken) {
		text += utf8.decode(bytes.subarray(from, start)) + mendOne(bytes, start, end)
		from = end
	}
	return (text + utf8.decode(bytes.subarray(from))).replace(/^\ufeff/, '')
}

/**
 * What a broken place was: the first bytes of a letter that was cut, or the second one of such, is U+FFFD; a letter or a
 * mark that was pasted from Windows-1252 is that.
 */
function mendOne(bytes: Uint8Array, start: number, end: number): string {
	const byte = bytes[start] ?? 0
	const isBegun =
		end - start > 1 || byte === 0xc2 || byte === 0xc3 || (byte === 0xe2 && !isLetter(bytes[end]))
	// « » ° and the no-break space; the marks and letters from 0x80 on (’ “ ” – … œ €)
	const isMark =
		[0xa0, 0xab, 0xb0, 0xbb].includes(byte) || (byte < 0xa0 && ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte))
	return (byte >= 0xc0 && !isBegun) || (byte < 0xc0 && isMark)
		? windows1252.decode(bytes.subarray(start, start + 1))
		: '\ufffd'
}

function isLetter(byte = 0): boolean {
	return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a)
}
