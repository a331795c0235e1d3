/** Where a recipient's value lands in a message, which says how it is written there. */
export type SlotPlace = 'header' | 'text' | 'html'

/** A message taken apart: what stands before each slot, and what stands after the last. */
export type MessagePieces<Slot extends string> = {
	pieces: Array<{ before: string; slot: Slot; place: SlotPlace }>
	rest: string
}

const softBreak = '=\r\n' // RFC 2045 §6.7 (5)

/** Takes finished header lines apart at the markers. */
export function cutHeader<Slot extends string>(
	encoded: string,
	markers: ReadonlyMap<string, Slot>,
): MessagePieces<Slot> {
	return cut(encoded, 'header', markers)
}

/**
 * Takes a quoted-printable body apart at the markers, even where a soft line break has fallen into one, and sees
 * that a line break stands on both sides of each: so a value never lengthens a line, and its neighbours stay as they are.
 */
export function cutQuotedPrintable<Slot extends string>(
	encoded: string,
	place: 'text' | 'html',
	markers: ReadonlyMap<string, Slot>,
): MessagePieces<Slot> {
	const { pieces, rest } = cut(encoded, place, markers)
	let first = true
	const after = (text: string) => {
		const bare = first || text.startsWith(softBreak) || text.startsWith('\r\n')
		first = false
		return bare ? text : softBreak + text
	}
	const separated = pieces.map(({ before, ...slot }) => ({ ...slot, before: endLine(after(before)) }))
	return { pieces: separated, rest: after(rest) }
}

function endLine(text: string): string {
	return text === '' || text.endsWith('\n') ? text : text + softBreak
}

function cut<Slot extends string>(
	encoded: string,
	place: SlotPlace,
	markers: ReadonlyMap<string, Slot>,
): MessagePieces<Slot> {
	const pieces: MessagePieces<Slot>['pieces'] = []
	let end = 0
	for (const match of encoded.matchAll(anyOf([...markers.keys()]))) {
		const slot = markers.get(match[0].replaceAll(softBreak, ''))
		if (slot === undefined) continue
		pieces.push({ before: encoded.slice(end, match.index), slot, place })
		end = match.index + match[0].length
	}
	return { pieces, rest: encoded.slice(end) }
}

function anyOf(markers: readonly string[]): RegExp {
	const broken = markers.map((marker) => [...marker].join('(?:=\\r\\n)?'))
	return new RegExp(broken.length > 0 ? broken.join('|') : '(?!)', 'g')
}
