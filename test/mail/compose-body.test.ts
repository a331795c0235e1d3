import { createHash } from 'node:crypto'
import fc from 'fast-check'
import MailComposer from 'nodemailer/lib/mail-composer'
import { expect, test } from 'vitest'
import { composeBody } from '../../src/mail/compose-body.ts'

const anyText = fc
	.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '\r', '\r\n', ' ', '.', '--')))
	.map((pieces) => `x${pieces.join('')}`)

const noMarkers = { prefix: 'a prefix that is nowhere', slots: new Map<string, never>() }

test('a body is to the octet what Nodemailer’s composer makes', async () => {
	await fc.assert(
		fc.asyncProperty(anyText, anyText, fc.string({ minLength: 1 }), async (text, html, nonce) => {
			const { mimeFields, body } = composeBody({ text, html }, nonce, noMarkers)
			const composed = await composedByNodemailer({ text, html }, nonce)
			expect(`${mimeFields}\r\n\r\n${body.rest}`).toBe(composed)
		}),
		{ numRuns: 300 },
	)
})

/** Without the fields that it adds for itself. */
async function composedByNodemailer(
	{ text, html }: { text: string; html: string },
	nonce: string,
): Promise<string> {
	const withLineBreaks = (given: string) => given.toWellFormed().replace(/\r\n|\r|\n/g, '\r\n')
	const composer = new MailComposer({
		text: withLineBreaks(text),
		html: withLineBreaks(html),
		encoding: 'quoted-printable',
		newline: 'win',
		baseBoundary: createHash('sha256').update(nonce).digest('hex').slice(0, 16),
	})
	const composed = (await composer.compile().build()).toString('latin1')
	return composed.slice(composed.indexOf('MIME-Version'))
}
