import { type EncodedText, linesOf } from './encode-quoted-printable.ts'

/** Where a recipient's value lands in a message, which says how it is written there. */
export type SlotPlace = 'header' | 'text' | 'html'

/** A message taken apart: what stands before each slot, and what stands after the last. */
export type MessagePieces<Slot extends string> = {
	pieces: Array<{ before: string; slot: Slot; place: SlotPlace }>
	rest: string
}

/** What marks the slots: all markers begin with `prefix`. */
export type Markers<Slot extends string> = { prefix: string; slots: ReadonlyMap<string, Slot> }

const softBreak = '=\r\n' // RFC 2045 §6.7 (5)

/** Takes finished header lines apart at the markers. Throws where one has a name that is not known. */
export function cutHeader<Slot extends string>(lines: string, markers: Markers<Slot>): MessagePieces<Slot> {
	const octets = Buffer.from(lines)
	return cut(octets, (from, to) => octets.toString('utf8', from, to), { place: 'header', markers })
}

/**
 * Takes a quoted-printable part apart at the markers, even where a soft line break falls into one, and sees that a line
 * break stands on both sides of each: so a value never lengthens a line, and its neighbours stay as they are. A line break
 * ends the part. Throws where a marker has a name that is not known.
 */
export function cutQuotedPrintable<Slot extends string>(
	encoded: EncodedText,
	place: 'text' | 'html',
	markers: Markers<Slot>,
): MessagePieces<Slot> {
	const textOf = (from: number, to: number) => linesOf(encoded, from, to).toString('latin1')
	const { pieces, rest } = cut(encoded.octets, textOf, { place, markers })
	let first = true
	const after = (text: string) => {
		const bare = first || text.startsWith(softBreak) || text.startsWith('\r\n')
		first = false
		return bare ? text : softBreak + text
	}
	const separated = pieces.map(({ before, ...slot }) => ({ ...slot, before: endLine(after(before)) }))
	return { pieces: separated, rest: after(`${rest}\r\n`) }
}

function endLine(text: string): string {
	return text === '' || text.endsWith('\n') ? text : text + softBreak
}

function cut<Slot extends string>(
	octets: Buffer,
	textOf: (from: number, to: number) => string,
	{ place, markers }: { place: SlotPlace; markers: Markers<Slot> },
): MessagePieces<Slot> {
	const pieces: MessagePieces<Slot>['pieces'] = []
	let end = 0
	for (;;) {
		const start = octets.indexOf(markers.prefix, end)
		if (start < 0) return { pieces, rest: textOf(end, octets.length) }
		const [marker, slot] = markerAt(octets, start, markers)
		pieces.push({ before: textOf(end, start), slot, place })
		end = start + marker.length
	}
}

function markerAt<Slot extends string>(
	octets: Buffer,
	start: number,
	{ slots }: Markers<Slot>,
): [string, Slot] {
	for (const [marker, slot] of slots) {
		if (octets.toString('latin1', start, start + marker.length) === marker) return [marker, slot]
	}
	throw new Error('a slot whose name is not known')
}

/** One after the other. */
export function joinPieces<Slot extends string>(
	{ pieces, rest }: MessagePieces<Slot>,
	next: MessagePieces<Slot>,
): MessagePieces<Slot> {
	const [first, ...others] = next.pieces
	if (!first) return { pieces, rest: rest + next.rest }
	return { pieces: [...pieces, { ...first, before: rest + first.before }, ...others], rest: next.rest }
}
