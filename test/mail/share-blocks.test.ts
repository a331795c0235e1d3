import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SharedBlocks } from '../../src/kernel/mail.ts'
import { encodeQuotedPrintable, linesOf } from '../../src/mail/encode-quoted-printable.ts'
import { shareBlocks } from '../../src/mail/share-blocks.ts'

const line = fc.oneof(
	fc.string({ maxLength: 60 }),
	fc.integer({ min: 1, max: 400 }).map((count) => 'Words, told in full. '.repeat(count)),
)

test('blocks make up the text again, and each begins with a line', () => {
	const known: SharedBlocks = new Map()
	fc.assert(
		fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
			const text = linesOf(encodeQuotedPrintable(lines.join('\r\n'))).toString('latin1')
			const blocks = shareBlocks(text, known).map((block) => block.toString('latin1'))
			expect(blocks.join('')).toBe(text)
			for (const block of blocks.slice(0, -1)) expect(block).toMatch(/[^=]\r\n$|^\r\n$/)
		}),
		{ numRuns: 500 },
	)
})

test('texts with the same stories hold them once, whichever they leave out', () => {
	const known: SharedBlocks = new Map()
	const stories = Array.from(
		{ length: 12 },
		(_, index) => `Story ${index}\r\n${`Of ${index}. `.repeat(3_000)}\r\n`,
	)
	const head = 'What stands in each of them.\r\n'.repeat(200)
	const held = new Set<Buffer>()
	let sent = 0
	for (let choice = 1; choice < 200; choice++) {
		const chosen = stories.filter((_, index) => (choice >> (index % 8)) & 1)
		for (const block of shareBlocks(`Number ${choice}\r\n${head}${chosen.join('')}`, known)) {
			held.add(block)
			sent += block.length
		}
	}
	const bytes = [...held].reduce((sum, block) => sum + block.buffer.byteLength, 0)
	expect(bytes).toBeLessThan(sent / 8)
})
