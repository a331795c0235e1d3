import fc from 'fast-check'
import PostalMime, { type Email } from 'postal-mime'
import { describe, expect, test } from 'vitest'
import type { MessageContent } from '../../src/kernel/mail.ts'
import { buildMessage } from '../../src/mail/build-message.ts'

const content: MessageContent = {
	from: { name: 'Réseau des Coopérants', address: 'nouvelles@example.org' },
	to: { address: 'awa@example.net' },
	replyTo: { name: 'Bureau de Dakar', address: 'dakar@example.org' },
	subject: 'Les nouvelles d’octobre',
	date: new Date('2022-10-18T14:05:00Z'),
	messageId: '<d7.19.abc@example.org>',
	headers: [
		['List-ID', 'Nouvelles du réseau <nouvelles.example.org>'],
		['Precedence', 'bulk'],
	],
	html: '<p>Bonjour à tous</p>',
	text: 'Bonjour à tous',
}

const build = (changes: Partial<MessageContent> = {}) => buildMessage({ ...content, ...changes })
const parse = (raw: string): Promise<Email> => PostalMime.parse(raw)

function headerLines(raw: string): string[] {
	return raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n')
}

function fieldNames(raw: string): string[] {
	return headerLines(raw)
		.filter((line) => !line.startsWith(' '))
		.map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
}

const anyText = fc.string({ unit: 'binary', maxLength: 200 })
const evilText = fc.oneof(
	anyText,
	fc.constantFrom(
		'x\r\nBcc: eve@example.com',
		'x\nBcc: eve@example.com',
		'x\rBcc: eve@example.com',
		'x\r\n\r\n<script>',
		'a@b.example, eve@example.com',
		'<eve@example.com>',
		'"; eve@example.com <',
		'x\u2028Bcc: eve@example.com',
		'=?UTF-8?Q?x=0D=0ABcc:_eve@example.com?=',
	),
)

describe('buildMessage', () => {
	test('F1: writes one each of From, To, Subject, Date, Message-ID and MIME-Version, as given', async () => {
		const raw = await build()
		const names = fieldNames(raw)
		expect(new Set(names).size).toBe(names.length)
		expect(names).toEqual([
			'from',
			'reply-to',
			'subject',
			'to',
			'date',
			'message-id',
			'list-id',
			'precedence',
			'mime-version',
			'content-type',
		])
		expect(headerLines(raw)).toContain('Message-ID: <d7.19.abc@example.org>')
		expect(headerLines(raw)).toContain('Date: Tue, 18 Oct 2022 14:05:00 +0000')
	})

	test('F2: From is exactly one mailbox, whatever the name holds', async () => {
		const { from } = await parse(
			await build({ from: { name: 'A, B <x@y.example>; C', address: 'a@example.org' } }),
		)
		expect(from).toEqual({ name: 'A, B <x@y.example>; C', address: 'a@example.org' })
	})

	test('F3: all lines end with CRLF and have 998 octets at most, headers 78', async () => {
		const subject = `Une très longue annonce ${'sur les volontaires '.repeat(30)}`
		const raw = await build({
			subject,
			html: `<p>${'x'.repeat(5000)}</p>\n\n<p>é\r</p>`,
			text: 'a\nb\rc\r\nd',
		})
		expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
		expect(Math.max(...headerLines(raw).map((line) => line.length))).toBeLessThanOrEqual(78)
		expect((await parse(raw)).subject).toBe(subject.trim())
	})

	test('F4: a subject above what Gmail takes is refused', async () => {
		await expect(build({ subject: 'très '.repeat(300) })).rejects.toThrow('998')
	})

	test('F5: headers are ASCII; encoded words have 75 characters at most, whole characters, and read back', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 90 }), async (typed) => {
				const subject = typed.replace(/[\p{Cc}\u2028\u2029 ]+/gu, ' ').trim() || 'x'
				const raw = await build({ subject, from: { name: subject, address: 'a@example.org' } })
				const header = headerLines(raw).join('\r\n')
				expect(header).toMatch(/^[\r\n -~]*$/)
				for (const [word] of header.matchAll(/=\?UTF-8\?[QB]\?.*?\?=/g)) {
					expect(word.length).toBeLessThanOrEqual(75)
					expect(() => decodeWord(word)).not.toThrow()
				}
				const read = await parse(raw)
				expect(read.subject).toBe(subject)
				expect(read.from?.name).toBe(subject)
			}),
		)
	})

	test('F5: what only looks like an encoded word is read as it was typed', async () => {
		const subject = 'About =?UTF-8?Q?r=C3=A9seaux?= and spaces'
		expect((await parse(await build({ subject }))).subject).toBe(subject)
	})

	test('F6: a line break in any value never makes a header', async () => {
		const names = fieldNames(await build())
		await fc.assert(
			fc.asyncProperty(evilText, evilText, evilText, async (name, subject, listName) => {
				const raw = await build({
					from: { name, address: 'a@example.org' },
					to: { name: subject, address: 'awa@example.net' },
					replyTo: { name: listName, address: 'b@example.org' },
					subject: `x${subject}`,
					headers: [
						['List-ID', `${listName} <nouvelles.example.org>`],
						['Precedence', name],
					],
				})
				expect(fieldNames(raw)).toEqual(names)
				const read = await parse(raw)
				expect(read.from?.address).toBe('a@example.org')
				expect(read.to?.map(({ address }) => address)).toEqual(['awa@example.net'])
				expect(read.bcc).toBeUndefined()
			}),
		)
	})

	test('F6: an address, Message-ID or header name that can’t be one is refused or kept in its place', async () => {
		const to = 'a@b.example\r\nBcc: eve@example.com'
		expect(fieldNames(await build({ to: { address: to } }))).not.toContain('bcc')
		await expect(build({ messageId: '<a@b>\r\nBcc: eve@example.com' })).rejects.toThrow('Message-ID')
		await expect(build({ headers: [['X-A: b\r\nBcc', 'x']] })).rejects.toThrow('header field')
		await expect(build({ headers: [['Subject', 'twice']] })).rejects.toThrow('Subject')
		await expect(build({ headers: [['Return-Path', '<a@b>']] })).rejects.toThrow('Return-Path')
		const twice: MessageContent['headers'] = [
			['List-Help', '<https://a.example>'],
			['list-help', '<https://b.example>'],
		]
		await expect(build({ headers: twice })).rejects.toThrow('twice')
	})

	test('F7: text first, HTML last, UTF-8, lines of 76 at most, both read back', async () => {
		await fc.assert(
			fc.asyncProperty(anyText, anyText, async (html, text) => {
				const raw = await build({ html: `<p>${html}</p>`, text: `.${text}.` })
				expect(raw.match(/^Content-Type: .*/gm)?.slice(-2)).toEqual([
					'Content-Type: text/plain; charset=utf-8',
					'Content-Type: text/html; charset=utf-8',
				])
				expect(raw).toContain('multipart/alternative')
				expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76)
				const read = await parse(raw)
				expect(withoutBreaks(read.html)).toBe(withoutBreaks(`<p>${html}</p>`))
				expect(withoutBreaks(read.text)).toBe(withoutBreaks(`.${text}.`))
			}),
		)
	})

	test('H1: the identifier of List-ID stays outside of encoded words', async () => {
		const [field] = (await build()).match(/^List-ID:.*(\r\n .*)*/m) ?? []
		expect(field).toMatch(/^List-ID: =\?UTF-8\?Q\?[^ ]*\?= <nouvelles\.example\.org>$/)
		const quoted = await build({ headers: [['List-ID', 'News, weekly <news.example.org>']] })
		expect(quoted).toContain('\r\nList-ID: "News, weekly" <news.example.org>\r\n')
	})

	test('U16: a long List-Unsubscribe is not folded behind the colon', async () => {
		const url = `https://envoi.example.org/unsubscribe/${'t'.repeat(120)}`
		const raw = await build({
			headers: [
				['List-Unsubscribe', `<${url}>, <mailto:unsubscribe+abc@example.org?subject=unsubscribe>`],
				['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
			],
		})
		expect(raw).toContain(
			`\r\nList-Unsubscribe: <${url}>,\r\n <mailto:unsubscribe+abc@example.org?subject=unsubscribe>\r\n`,
		)
		expect(raw).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
	})

	test('a part that is empty is refused, for it would not be multipart/alternative', async () => {
		await expect(build({ text: ' ' })).rejects.toThrow('text')
		await expect(build({ html: '' })).rejects.toThrow('HTML')
	})
})

/** Throws where the word does not hold whole characters. */
function decodeWord(word: string): string {
	const [, , encoding, text = ''] = word.split('?')
	const octets = text
		.replaceAll('_', ' ')
		.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
	const bytes = encoding === 'B' ? Buffer.from(text, 'base64') : Buffer.from(octets, 'latin1')
	return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

/** Line breaks are the one thing that a mail may write differently; parsers may add one at the end. */
function withoutBreaks(text: string | undefined): string {
	return (text ?? '')
		.toWellFormed()
		.replace(/\r\n|\r|\n/g, '\n')
		.replace(/\n+$/, '')
}
