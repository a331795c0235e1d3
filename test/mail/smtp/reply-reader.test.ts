import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createReplyReader, type SmtpReply } from '../../../src/mail/smtp/reply-reader.ts'

function readAll(bytes: Buffer, cuts: readonly number[]) {
	const reader = createReplyReader()
	const replies: SmtpReply[] = []
	let from = 0
	for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
		const read = reader.read(bytes.subarray(from, Math.max(from, cut)))
		from = Math.max(from, cut)
		replies.push(...read.replies)
		if (read.broken !== undefined) return { replies, broken: read.broken, rest: reader.rest() }
	}
	return { replies, broken: undefined, rest: reader.rest() }
}

const word = fc.stringMatching(/^[ -~é受]{0,30}$/)
const aReply = fc.record({
	code: fc.integer({ min: 200, max: 599 }),
	lines: fc.array(word, { minLength: 1, maxLength: 4 }),
	end: fc.constantFrom('\r\n', '\n'),
})

describe('replies', () => {
	test('are read alike however the bytes are split into packets', () => {
		const property = fc.property(
			fc.array(aReply, { maxLength: 6 }),
			fc.array(fc.nat(400), { maxLength: 12 }),
			(sent, cuts) => {
				const bytes = Buffer.from(
					sent
						.flatMap(({ code, lines, end }) =>
							lines.map((line, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${line}${end}`),
						)
						.join(''),
				)
				const { replies, broken, rest } = readAll(bytes, cuts)
				expect(broken).toBeUndefined()
				expect(rest).toBe('')
				expect(replies).toEqual(
					sent.map(({ code, lines }) => ({
						code,
						text: lines
							.map((line, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${line}`)
							.join('\n'),
					})),
				)
			},
		)
		fc.assert(property)
	})

	test('never end in an error, and never in more than there is, whatever a relay writes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.array(fc.nat(2_000)), (bytes, cuts) => {
				const { replies } = readAll(Buffer.from(bytes), cuts)
				for (const { code } of replies) expect(code).toBeLessThan(1_000)
			}),
		)
	})

	test('may be a code alone, with empty lines between them', () => {
		expect(readAll(Buffer.from('250\r\n\r\n354\r\n'), []).replies).toEqual([
			{ code: 250, text: '250' },
			{ code: 354, text: '354' },
		])
	})

	test.each(['hello there\r\n', '25 ok\r\n', '2500 ok\r\n', '250-one\r\n550 two\r\n', '\u0000\u0001\r\n'])(
		'are broken by %j',
		(line) => {
			expect(readAll(Buffer.from(`220 ok\r\n${line}`), []).broken).toBeDefined()
		},
	)

	test('are cut off where they never end, line by line or in one', () => {
		const reader = createReplyReader()
		const line = Buffer.from(`250-${'x'.repeat(996)}\r\n`)
		let read = reader.read(line)
		for (let count = 0; read.broken === undefined && count < 1_000; count++) read = reader.read(line)
		expect(read.broken).toBe('too long')
		const other = createReplyReader()
		let taken = other.read(Buffer.from('250 '))
		for (let count = 0; taken.broken === undefined && count < 1_000; count++) {
			taken = other.read(Buffer.alloc(1_000, 'x'))
		}
		expect(taken.broken).toBe('too long')
	})
})
