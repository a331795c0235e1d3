import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MessagePiece, type PiecedMessage, wholeMessage } from '../../src/kernel/mail.ts'
import { createBodyHasher } from '../../src/mail/create-body-hasher.ts'
import { createWireFormer } from '../../src/mail/create-wire-former.ts'

const pieceOf = (units: readonly string[], maxLength: number) =>
	fc
		.tuple(fc.string({ unit: fc.constantFrom(...units), maxLength }), fc.boolean())
		.map(([text, isShared]): MessagePiece => (isShared ? Buffer.from(text) : text))
const join = (pieces: readonly MessagePiece[]) => pieces.map(String).join('')
const header = '.Odd: x\r\nFrom: a@example.org\r\n.Odder: y\r\nTo: é@example.net\r\n\r\n'
const message = fc
	.array(pieceOf(['a', ' ', '\t', '.', '=', '\r\n'], 12), { maxLength: 6 })
	.map((body): PiecedMessage => ({ header, body }))

describe('a message in pieces', () => {
	test('goes over the wire as the whole message would, the second time too (S15)', () => {
		const toWire = createWireFormer()
		fc.assert(
			fc.property(message, (pieced) => {
				for (let time = 0; time < 2; time++)
					expect(join(toWire(pieced))).toBe(join(toWire(wholeMessage(pieced))))
			}),
			{ numRuns: 2_000 },
		)
	})

	test('has the body hash of the whole message, the second time too', () => {
		const hashBody = createBodyHasher()
		const long = fc.constantFrom(
			...[' ', '\r\n', '=', '\t'].map((end) => Buffer.from(`${'x '.repeat(300)}${end}`)),
		)
		const body = fc.array(fc.oneof(pieceOf(['a', ' ', '\t', '\r\n'], 6), long), { maxLength: 5 })
		fc.assert(
			fc.property(body, (pieces) => {
				const whole = hashBody(join(pieces))
				// another message that has these pieces in common
				const more = [...pieces, Buffer.from('\r\nmore')]
				for (let time = 0; time < 2; time++) {
					expect(hashBody(pieces)).toEqual(whole)
					expect(hashBody(more)).toEqual(hashBody(join(more)))
				}
			}),
			{ numRuns: 2_000 },
		)
	})
})
