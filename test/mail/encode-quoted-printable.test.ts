import fc from 'fast-check'
import MailComposer from 'nodemailer/lib/mail-composer'
import { expect, test } from 'vitest'
import { encodeQuotedPrintable, linesOf } from '../../src/mail/encode-quoted-printable.ts'

// lines about the 76th column, of words, of one word, of characters of two to four octets, and what has to be escaped
const piece = fc.oneof(
	fc.string({ unit: fc.constantFrom(...'abc xyz.,!? \t=<>"é…🎉字'), maxLength: 90 }),
	fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed().replace(/[\r\n]/g, '')),
	fc
		.constantFrom('a', '=', ' ', '\t', 'é', '字', '🎉', '\u0000', '~')
		.chain((unit) => fc.integer({ min: 1, max: 160 }).map((count) => unit.repeat(count))),
	fc.constantFrom('\r\n', '\r\n\r\n', ' \r\n', '\t\r\n', '.\r\n'),
)
const text = fc.array(piece, { maxLength: 30 }).map((pieces) => `x${pieces.join('')}`)

test('a text is encoded to the octet as Nodemailer does', async () => {
	await fc.assert(
		fc.asyncProperty(text, async (given) => {
			expect(linesOf(encodeQuotedPrintable(given)).toString('latin1')).toBe(await encodedByNodemailer(given))
		}),
		{ numRuns: 500 },
	)
})

test('so it is where the text is longer than what Nodemailer encodes at a time', async () => {
	const long = fc.tuple(text, fc.integer({ min: 65_200, max: 65_800 }), text)
	await fc.assert(
		fc.asyncProperty(long, async ([begin, length, end]) => {
			const given =
				begin
					.repeat(Math.ceil(length / begin.length))
					.slice(0, length)
					.toWellFormed() + end
			const tidy = given.replace(/\r\n|\r|\n/g, '\r\n')
			expect(linesOf(encodeQuotedPrintable(tidy)).toString('latin1')).toBe(await encodedByNodemailer(tidy))
		}),
		{ numRuns: 60 },
	)
})

async function encodedByNodemailer(given: string): Promise<string> {
	const composed = await new MailComposer({
		text: given,
		html: '-',
		encoding: 'quoted-printable',
		newline: 'win',
		baseBoundary: 'boundary',
	})
		.compile()
		.build()
	const body = composed.toString('latin1')
	const start = body.indexOf('\r\n\r\n', body.indexOf('text/plain')) + 4
	return body.slice(start, body.indexOf('\r\n----_NmP-boundary', start))
}
