import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { slotMarker, wholeMessage } from '../../src/kernel/mail.ts'
import { prepareMessage } from '../../src/mail/build-message.ts'
import { encodeSlotValue } from '../../src/mail/slot-value.ts'

const nonce = 'Zm9v-n0nce_0123456789abcdef'
const marker = slotMarker(nonce, 'name')

async function greet(value: string | { name: string }) {
	const content = {
		from: { address: 'news@example.org' },
		subject: 'News',
		headers: [],
		html: `<p>Hello${marker},</p>`,
		text: `Hello${marker},\n`,
	}
	const prepared = await prepareMessage(content, nonce, ['name'])
	const raw = wholeMessage(
		prepared.fill({
			envelope: { from: 'news@example.org', to: 'amina@example.net' },
			to: { address: 'amina@example.net' },
			date: new Date('2026-01-01T00:00:00Z'),
			messageId: '<1.a@example.org>',
			values: { name: value },
		}).raw,
	)
	const { html = '', text = '' } = await PostalMime.parse(raw)
	return { raw, html: html.trim(), text: text.trim() }
}

test('A name stands in its sentence, escaped and kept apart in HTML; without one nothing is left of it', async () => {
	expect(await greet({ name: 'Amina' })).toMatchObject({
		html: '<p>Hello <bdi>Amina</bdi>,</p>',
		text: 'Hello Amina,',
	})
	expect(await greet('')).toMatchObject({ html: '<p>Hello,</p>', text: 'Hello,' })
	expect(await greet({ name: '<b>O\'C & "J"' })).toMatchObject({
		html: '<p>Hello <bdi>&lt;b&gt;O&#39;C &amp; &quot;J&quot;</bdi>,</p>',
		text: 'Hello <b>O\'C & "J",',
	})
})

test.each(['محمد', 'שרה', 'ߒߞߏ', '𞤀𞤣𞤢𞤥'])('%s does not turn the sentence around it', async (name) => {
	expect(await greet({ name })).toMatchObject({
		html: `<p>Hello <bdi>${name}</bdi>,</p>`,
		text: `Hello \u2068${name}\u2069,`,
	})
})

test('Whatever a name is, lines stay within 76 columns of ASCII and it is read as it was (RFC 2045 §6.7)', async () => {
	const name = fc
		.string({ unit: fc.constantFrom(...'aZ9. =é王😀’م&"'), minLength: 1, maxLength: 60 })
		.filter((text) => text === text.trim() && text !== '')
	await fc.assert(
		fc.asyncProperty(name, async (each) => {
			const { raw, text } = await greet({ name: each })
			expect(text.replace(/[\u2068\u2069]/g, '')).toBe(`Hello ${each},`)
			for (const line of raw.split('\r\n')) {
				expect(line.length).toBeLessThanOrEqual(76)
				expect(line).toMatch(/^[\x20-\x7e]*$/)
				expect(line).not.toMatch(/[ \t]$/)
			}
		}),
	)
})

test('A name never stands in a header', () => {
	expect(() => encodeSlotValue({ name: 'Amina' }, 'header')).toThrow('header')
})
