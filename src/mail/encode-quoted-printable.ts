const [tab, lineFeed, carriageReturn, space, equals] = [0x09, 0x0a, 0x0d, 0x20, 0x3d]
const softBreak = Buffer.from('=\r\n')
const maxLine = 76 // RFC 2045 §6.7 (5)
/** A line that is this near to its end is broken after a word. */
const wordWithin = 25
/** Nodemailer encodes so many bytes at a time, which shows in where a line is broken there. */
const sliceBytes = 64 * 1_024

/** A text in quoted-printable: its octets, and before which of them a soft line break goes. */
export type EncodedText = { octets: Buffer; breaks: readonly number[] }

/**
 * Writes a text with CRLF line ends in quoted-printable (RFC 2045 §6.7), to the octet as Nodemailer's encoder does.
 * Nodemailer's streams leave several times the length of a text behind as garbage that only a full collection frees.
 */
export function encodeQuotedPrintable(text: string): EncodedText {
	const input = Buffer.from(text)
	const octets = Buffer.allocUnsafeSlow(encodedLength(input))
	const breaks: number[] = []
	let written = 0
	let lineStart = 0
	let from = 0
	for (const to of sliceEnds(input)) {
		written = encode(input, { from, to }, octets, written)
		lineStart = breakLines(octets, { start: lineStart, end: written }, breaks)
		from = to
	}
	return { octets, breaks }
}

/** The lines from an octet to another, with the soft line breaks at both ends. */
export function linesOf({ octets, breaks }: EncodedText, from = 0, to = octets.length): Buffer {
	const within = breaks.filter((at) => at >= from && at <= to)
	const lines = Buffer.allocUnsafeSlow(to - from + within.length * softBreak.length)
	let start = from
	let written = 0
	for (const at of within) {
		written += octets.copy(lines, written, start, at)
		written += softBreak.copy(lines, written)
		start = at
	}
	octets.copy(lines, written, start, to)
	return lines
}

/** White space at the end counts as a slice of its own. */
function sliceEnds(input: Buffer): number[] {
	let end = input.length
	while (end > 0 && isWhiteSpace(input[end - 1])) end--
	const ends: number[] = []
	for (let at = sliceBytes; at < end; at += sliceBytes) ends.push(at)
	return end < input.length ? [...ends, end, input.length] : [...ends, end]
}

function encodedLength(input: Buffer): number {
	let length = 0
	for (let at = 0; at < input.length; at++) length += isLiteral(input, at) ? 1 : 3
	return length
}

/** Gives where it stopped writing. */
function encode(
	input: Buffer,
	{ from, to }: { from: number; to: number },
	octets: Buffer,
	offset: number,
): number {
	let written = offset
	for (let at = from; at < to; at++) {
		const byte = input[at] ?? 0
		if (isLiteral(input, at)) {
			octets[written++] = byte
			continue
		}
		octets[written++] = equals
		octets[written++] = hexDigit(byte >> 4)
		octets[written++] = hexDigit(byte & 15)
	}
	return written
}

// RFC 2045 §6.7 (1) to (4): white space at the end of a line would be lost
function isLiteral(input: Buffer, at: number): boolean {
	const byte = input[at] ?? 0
	if (isWhiteSpace(byte)) {
		const next = input[at + 1]
		return next !== undefined && next !== carriageReturn && next !== lineFeed
	}
	return (byte > space && byte < 0x7f && byte !== equals) || byte === carriageReturn || byte === lineFeed
}

function isWhiteSpace(byte: number | undefined): boolean {
	return byte === space || byte === tab
}

function hexDigit(value: number): number {
	return value + (value < 10 ? 0x30 : 0x37)
}

/** Adds where soft line breaks go; gives where the last line starts, which may go on. */
function breakLines(
	octets: Buffer,
	{ start, end }: { start: number; end: number },
	breaks: number[],
): number {
	if (end - start <= maxLine) {
		const last = octets.subarray(start, end).lastIndexOf(lineFeed)
		return start + last + 1
	}
	let lineStart = start
	while (lineStart < end) {
		const full = Math.min(lineStart + maxLine, end)
		const hardEnd = endOfHardLine(octets, lineStart, full)
		if (hardEnd !== undefined) {
			lineStart = hardEnd
			continue
		}
		const lineEnd = chooseBreak(octets, { start: lineStart, full, end })
		if (lineEnd === end) break
		breaks.push(lineEnd)
		lineStart = lineEnd
	}
	return lineStart
}

function endOfHardLine(octets: Buffer, start: number, full: number): number | undefined {
	for (let at = start + 1; at < full; at++) if (octets[at] === lineFeed) return at + 1
	return undefined
}

type Line = { start: number; full: number; end: number }

/** After a word, else where there is room for the break; never inside of an escape or a character. */
function chooseBreak(octets: Buffer, { start, full, end }: Line): number {
	const wordEnd = full - start > maxLine - wordWithin ? endOfWord(octets, full) : undefined
	const lineEnd = wordEnd ?? beforeCharacter(octets, { start, full, end })
	if (lineEnd === end || lineEnd - start < maxLine) return lineEnd
	return endsInEscape(octets, start, lineEnd) ? lineEnd - 3 : lineEnd - 1
}

function endOfWord(octets: Buffer, full: number): number | undefined {
	for (let at = full; at > full - wordWithin; at--) {
		if (wordEnds.includes(octets[at - 1] ?? 0)) return at
	}
	return undefined
}

const wordEnds = Buffer.from(' \t.,!?')

/** Where the line is full, or before the escape or the character that goes on there. */
function beforeCharacter(octets: Buffer, { start, full, end }: Line): number {
	let at = full
	if (octets[at - 1] === equals) at -= 1
	else if (octets[at - 2] === equals) at -= 2
	while (at < end && endsInEscape(octets, start, at)) {
		const byte = Number.parseInt(octets.toString('latin1', at - 2, at), 16)
		if (byte < 0x80) break
		at -= 3
		if (byte >= 0xc0) break
	}
	return at
}

function endsInEscape(octets: Buffer, start: number, at: number): boolean {
	return at - start >= 3 && octets[at - 3] === equals
}
