import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeQuotedPrintable, linesOf } from '../../src/mail/encode-quoted-printable.ts'
import { cutQuotedPrintable } from '../../src/mail/message-pieces.ts'

const markers = {
	prefix: 'slot_n-0_',
	slots: new Map([
		['slot_n-0_page_', 'page'],
		['slot_n-0_pageTwo_', 'pageTwo'],
	]),
}
const piece = fc.oneof(
	fc.string({ unit: fc.constantFrom(...'abc .=é🎉'), maxLength: 90 }),
	fc.constantFrom(...markers.slots.keys(), '\r\n', '=', 'é'),
)
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))

test('pieces are the lines of the whole text, with line breaks about the slots', () => {
	fc.assert(
		fc.property(text, (given) => {
			const encoded = encodeQuotedPrintable(given)
			const { pieces, rest } = cutQuotedPrintable(encoded, 'text', markers)
			const cut = pieces.map(({ before, slot }) => `${before}<${slot}>`).join('') + rest
			const lines = `${linesOf(encoded).toString('latin1')}\r\n`
			const marked = [...markers.slots].reduce(
				(into, [marker, slot]) => into.replace(broken(marker), `<${slot}>`),
				lines,
			)
			expect(withoutBreaksAboutSlots(cut)).toBe(withoutBreaksAboutSlots(marked))
			const between = cut.split(/<\w+>/)
			for (const after of between.slice(1)) expect(after).toMatch(/^(?:=?\r\n|$)/)
			for (const before of between.slice(0, -1)) expect(before).toMatch(/(?:^|\n)$/)
			for (const line of cut.split('\r\n')) expect(line.replace(/<\w+>/g, '').length).toBeLessThanOrEqual(76)
		}),
		{ numRuns: 1_000 },
	)
})

test('a marker of another name is refused, also where a line is broken in it', () => {
	for (const before of ['', 'x'.repeat(70)]) {
		const encoded = encodeQuotedPrintable(`${before}slot_n-0_other_`)
		expect(() => cutQuotedPrintable(encoded, 'text', markers)).toThrow('slot')
	}
})

/** A marker that a soft line break may stand in. */
function broken(marker: string): RegExp {
	return new RegExp([...marker].join('(?:=\\r\\n)?'), 'g')
}

function withoutBreaksAboutSlots(lines: string): string {
	return lines.replace(/(?:=\r\n)*((?:<\w+>(?:=\r\n)*)+)/g, (_, slots: string) =>
		slots.replaceAll('=\r\n', ''),
	)
}
