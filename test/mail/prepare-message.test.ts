import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import {
	type HeaderFields,
	type PreparedMessage,
	type RecipientContent,
	type SharedBlocks,
	type SharedContent,
	slotMarker,
	wholeMessage,
} from '../../src/kernel/mail.ts'
import { buildMessage, prepareMessage } from '../../src/mail/build-message.ts'
import { createRenderMail } from '../../src/mail/render-mail.ts'
import { sampleDigest } from '../emails/sample-mails.ts'

const nonce = 'Zm9v-n0nce_0123456789abcdef'
const marker = (slot: string) => slotMarker(nonce, slot)
const slots = ['unsubscribe', 'page'] as const

const shared: SharedContent = {
	from: { name: 'Nouvelles', address: 'nouvelles@example.org' },
	subject: 'Les nouvelles d’octobre',
	headers: [
		['List-Unsubscribe', `<${marker('unsubscribe')}>, <mailto:u+${marker('page')}@example.org>`],
		['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
	],
	html: `<p>Bonjour</p><a href="${marker('unsubscribe')}">Se désabonner</a>`,
	text: `Bonjour\n\nSe désabonner : ${marker('unsubscribe')}\n`,
}
const recipient = {
	envelope: { from: 'bounces+1@example.org', to: 'awa@example.net' },
	to: { address: 'awa@example.net' },
	date: new Date('2022-10-18T14:05:00Z'),
	messageId: '<d7.19.abc@example.org>',
	values: { unsubscribe: 'https://example.org/u/abc?x=1', page: 'abc' },
}

type Slot = (typeof slots)[number]
const fill = (prepared: PreparedMessage<Slot>, to: RecipientContent<Slot>) =>
	wholeMessage(prepared.fill(to).raw)

const url = fc
	.string({ unit: fc.constantFrom(...'abcXYZ0189-._~/?=&%+:'), maxLength: 160 })
	.map((path) => `https://example.org/${path}`)
// a lone CR would be one line break with the LF that may follow a slot
const anyText = fc.string({ unit: 'binary', maxLength: 120 }).map((text) => text.replaceAll('\r', ''))
// texts with slots at their beginning, end, next to each other, and about the 76th column
const withSlots = fc
	.array(
		fc.oneof(anyText, fc.string({ maxLength: 80 }), fc.constantFrom(...slots.map(marker)), fc.constant('\n')),
	)
	.map((parts) => `x${parts.join('')}`)

describe('prepareMessage', () => {
	test('a filled message reads as the one that is built with the values in place', async () => {
		await fc.assert(
			fc.asyncProperty(withSlots, withSlots, url, anyText, async (html, text, unsubscribe, page) => {
				const headers: HeaderFields = [
					['List-Unsubscribe', `<${marker('unsubscribe')}>, <mailto:u@example.org>`],
				]
				const prepared = await prepareMessage({ ...shared, headers, html, text }, nonce, slots)
				const put = (into: string, encode = (value: string) => value) =>
					into
						.replaceAll(marker('unsubscribe'), () => encode(unsubscribe))
						.replaceAll(marker('page'), () => encode(page))
				const built = await buildMessage({
					...shared,
					...recipient,
					headers: headers.map(([name, value]) => [name, put(value)]),
					html: put(html, escapeHtml),
					text: put(text),
				})
				const raw = fill(prepared, { ...recipient, values: { unsubscribe, page } })
				expect(await read(raw)).toEqual(await read(built))
				const bodyLines = raw.slice(raw.indexOf('\r\n\r\n')).split('\r\n')
				expect(Math.max(...bodyLines.map((line) => line.length))).toBeLessThanOrEqual(76)
				expect(raw).toMatch(/^[\t\r\n -~]*$/)
				expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
				expect(raw).not.toMatch(/[ \t]\r\n/)
			}),
			{ numRuns: 300 },
		)
	})

	test('what all recipients share is the same octets for each', async () => {
		const prepared = await prepareMessage(shared, nonce, slots)
		const first = fill(prepared, recipient)
		const second = fill(prepared, {
			...recipient,
			to: { address: 'bo@example.net' },
			values: { unsubscribe: 'https://b', page: 'b' },
		})
		const same = second
			.replaceAll('bo@example.net', 'awa@example.net')
			.replaceAll('u+b@', 'u+abc@')
			.replaceAll('https://b', recipient.values.unsubscribe)
		expect(same).toBe(first.replaceAll('x=3D1', 'x=1'))
	})

	test('a message that shares blocks with others is the same to the octet, and holds them once', async () => {
		const story = (name: string) => `<h2>${name}</h2>\n<p>${`What ${name} tells. `.repeat(400)}</p>\n`
		const known: SharedBlocks = new Map()
		const held = new Set<Buffer | string>()
		for (const names of ['ABCD', 'ACD', 'BCD']) {
			const html = `${[...names].map(story).join('')}<a href="${marker('unsubscribe')}">Leave</a>`
			const content = { ...shared, html }
			const alone = await prepareMessage(content, nonce, slots)
			const sharing = await prepareMessage(content, nonce, slots, known)
			expect(fill(sharing, recipient)).toBe(fill(alone, recipient))
			for (const piece of sharing.fill(recipient).raw.body) held.add(piece)
		}
		// with A's text goes the title of the next, B or C; B's goes with the head of the message where it is the first
		const timesHeld = [...'ABCD'].map(
			(name) => [...held].filter((piece) => piece.includes(`What ${name} tells. What`)).length,
		)
		expect(timesHeld).toEqual([2, 2, 1, 1])
	})

	test('F6: a value can’t leave its header', async () => {
		const prepared = await prepareMessage(shared, nonce, slots)
		for (const unsubscribe of ['https://a\r\nBcc: eve@example.com', 'https://a>, <b', 'https://é', 'a b'])
			expect(() => prepared.fill({ ...recipient, values: { unsubscribe, page: '' } })).toThrow('header')
		expect(() => prepared.fill({ ...recipient, messageId: '<a@b>\r\nBcc: e@example.com' })).toThrow(
			'Message-ID',
		)
		const to = fill(prepared, { ...recipient, to: { address: 'a@b.example\r\nBcc: eve@example.com' } })
		expect(to).not.toMatch(/^Bcc/im)
	})

	test('U16: List-Unsubscribe keeps its URI beside the name, however long the value', async () => {
		const prepared = await prepareMessage(shared, nonce, slots)
		const unsubscribe = `https://envoi.example.org/unsubscribe/${'t'.repeat(200)}`
		const raw = fill(prepared, { ...recipient, values: { unsubscribe, page: 'abc' } })
		expect(raw).toContain(`\r\nList-Unsubscribe: <${unsubscribe}>,\r\n <mailto:u+abc@example.org>\r\n`)
	})

	test('T5: a value is escaped where it lands in HTML and plain in the text', async () => {
		const html = `<p title="${marker('page')}">${marker('page')}</p>`
		const prepared = await prepareMessage(
			{ ...shared, headers: [], html, text: marker('page') },
			nonce,
			slots,
		)
		const raw = fill(prepared, { ...recipient, values: { unsubscribe: '', page: `"><script>'&` } })
		const mail = await PostalMime.parse(raw)
		expect(mail.html).toContain(
			'<p title="&quot;&gt;&lt;script&gt;&#39;&amp;">&quot;&gt;&lt;script&gt;&#39;&amp;</p>',
		)
		expect(mail.text).toContain(`"><script>'&`)
	})

	test('a marker that is not known, or stands where none may, is refused', async () => {
		const unknown = { ...shared, html: `<p>${marker('preferences')}</p>` }
		await expect(prepareMessage(unknown, nonce, slots)).rejects.toThrow('slot')
		await expect(prepareMessage({ ...shared, subject: marker('page') }, nonce, slots)).rejects.toThrow('slot')
	})

	test('F7: a long value is broken into lines of 76 at most and reads back whole', async () => {
		const prepared = await prepareMessage(shared, nonce, slots)
		for (const length of [74, 75, 76, 77, 150, 151, 700]) {
			const unsubscribe = `https://${'u'.repeat(length - 8)}`
			const raw = fill(prepared, { ...recipient, values: { unsubscribe, page: '' } })
			const body = raw.slice(raw.indexOf('\r\n\r\n'))
			expect(Math.max(...body.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76)
			expect((await PostalMime.parse(raw)).html).toContain(`href="${unsubscribe}"`)
		}
	})

	test('U13: a rendered digest keeps its slots, and each reader gets their own link in both parts', async () => {
		const links = {
			unsubscribe: marker('unsubscribe'),
			preferences: 'https://envoi.example/p/1',
			webVersion: 'https://envoi.example/digests/d7',
		}
		const { subject, html, text } = await createRenderMail()('digest', 'fr', sampleDigest('fr', { links }))
		const prepared = await prepareMessage({ ...shared, subject, html, text }, nonce, slots)
		const unsubscribe = 'https://envoi.example/unsubscribe/1.2w.Qn5yJmU0r8cW3kZ1aT7xVg?lang=fr'
		const raw = fill(prepared, { ...recipient, values: { unsubscribe, page: 'abc' } })
		const mail = await PostalMime.parse(raw)
		expect(mail.html?.match(/href="([^"]*unsubscribe[^"]*)"/g)).toEqual(
			Array(1).fill(`href="${unsubscribe}"`),
		)
		expect(mail.text).toContain(`Se désabonner\u00a0: ${unsubscribe}\n`)
		expect(`${mail.html}${mail.text}`).not.toContain('slot_')
	})

	test('the envelope goes with the message', async () => {
		const prepared = await prepareMessage(shared, nonce, slots)
		expect(prepared.fill(recipient).envelope).toEqual(recipient.envelope)
	})
})

async function read(raw: string) {
	const { from, to, replyTo, subject, date, messageId, headers, html, text } = await PostalMime.parse(raw)
	// postal-mime keeps line breaks inside of a folded value; the multipart boundary is random
	const fields = headers
		.filter(({ key }) => key !== 'content-type')
		.map(({ key, value }) => [key, value.replace(/\s+/g, ' ')])
	const lines = (part: string | undefined) => (part ?? '').replace(/\r\n|\r/g, '\n')
	return { from, to, replyTo, subject, date, messageId, fields, html: lines(html), text: lines(text) }
}

function escapeHtml(text: string): string {
	const escapes: Record<string, string> = {
		'&': '&amp;',
		'<': '&lt;',
		'>': '&gt;',
		'"': '&quot;',
		"'": '&#39;',
	}
	return text.replace(/[&<>"']/g, (char) => escapes[char] ?? char)
}
