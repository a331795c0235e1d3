import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MailStory } from '../../emails/catalog.ts'
import { contrastRatio } from '../../src/kernel/colour.ts'
import { accentColours, surfaces } from '../../src/mail/accent-colours.ts'
import { MailTemplateError } from '../../src/mail/compile-mjml.ts'
import { createRenderMail } from '../../src/mail/render-mail.ts'
import { factsOf } from '../emails/html-facts.ts'
import { sampleDigest, sampleMails, sampleNewsletter, sampleStory } from '../emails/sample-mails.ts'

const render = createRenderMail()

/** A digest of three stories, where the second is as given in every text. */
async function digestWith(changes: Partial<MailStory>) {
	const full = {
		author: 'A',
		sourceName: 'S',
		categories: ['C'],
		imageUrl: 'https://a.example/i',
		imageAlt: 'I',
	}
	const stories = [sampleStory(), sampleStory({ ...full, ...changes }), sampleStory()]
	const mail = await render('digest', 'en', sampleDigest('en', { stories }))
	return { ...mail, facts: factsOf(mail.html) }
}

const inEveryText = (text: string): Partial<MailStory> => ({
	title: text,
	summary: text,
	author: text,
	sourceName: text,
	categories: [text],
	imageAlt: text,
})

describe('T5: nothing in a story takes effect', () => {
	test.each([
		'{{ 7*7 }} {{ constructor.constructor("return 1")() }}',
		'<%= 7*7 %> <%~ it.links.unsubscribe %> <% layout("/x") %>',
		`[[ 7*7 ]] \${7*7} #{7*7} *|UNSUB|*`,
		'<mj-include path="/etc/passwd" />',
		'<mj-raw><h1>x</h1></mj-raw>',
		'</mj-text><script>alert(1)</script>',
		'</mj-text></mj-column></mj-section><mj-section>',
		'<!--[if mso]><b>x</b><![endif]-->',
		'--><img src=x onerror=alert(1)><!--',
		'<!-- htmlmin:ignore -->MJMLHTMLIGNORE0END<!-- htmlmin:ignore -->',
		'<![CDATA[ <b>x</b> ]]>',
		"\"><svg onload=alert(1)> ' onmouseover=alert(1) x='",
		'&lt;b&gt; &amp;amp; &#60;i&#62; &copy',
		'<style>*{display:none}</style>',
		'</title><meta http-equiv=refresh content=0>',
		'true',
		'false',
	])('%s is read as it was typed', async (text) => {
		const plain = await digestWith(inEveryText('x'))
		const { facts, text: textPart } = await digestWith(inEveryText(text))
		expect(facts.skeleton).toEqual(plain.facts.skeleton)
		expect(facts.headings).toContain(`h2 ${text}`)
		expect(facts.links.map(({ href }) => href)).toEqual(plain.facts.links.map(({ href }) => href))
		expect(textPart).toContain(`2. ${text}\n`)
	})

	test('whatever it holds, the markup around it stays the same', async () => {
		const plain = await digestWith(inEveryText('x'))
		const pieces = fc.constantFrom(
			'<',
			'>',
			'"',
			"'",
			'&',
			'--',
			'!',
			'/',
			'<%',
			'%>',
			'{{',
			'}}',
			'mj-',
			'\n',
			'\\',
		)
		const anyText = fc
			.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 5 })))
			.map((parts) => parts.join(''))
		await fc.assert(
			fc.asyncProperty(anyText, async (text) => {
				const { facts, text: textPart } = await digestWith({ ...inEveryText(`x${text}`), summary: 'x' })
				expect(facts.skeleton).toEqual(plain.facts.skeleton)
				expect(textPart).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u)
				expect(textPart.isWellFormed()).toBe(true)
			}),
			{ numRuns: 60 },
		)
	})

	test.each([
		'javascript:alert(1)',
		' JaVaScRiPt:alert(1)',
		'java\nscript:alert(1)',
		'data:text/html,<script>alert(1)</script>',
		'vbscript:x',
		'file:///etc/passwd',
		'//evil.example/x',
		'not a link',
	])('the address %j is no link and no picture', async (address) => {
		const plain = await digestWith({ link: null, imageUrl: null })
		const { facts, html, text } = await digestWith({ link: address, imageUrl: address })
		expect(facts.skeleton).toEqual(plain.facts.skeleton)
		expect(html + text).not.toMatch(/script:|data:|file:|evil\.example/i)
	})

	test('a link is written in ASCII, with its quotes and ampersands escaped', async () => {
		const link = 'https://例え.example/a b?x="1"&y=é\'<z>'
		const { facts, html, text } = await digestWith({ link })
		const written = 'https://xn--r8jz45g.example/a%20b?x=%221%22&y=%C3%A9%27%3Cz%3E'
		expect(facts.links.map(({ href }) => href)).toContain(written)
		expect(html).not.toContain(link)
		expect(text).toContain(`${written}\n`)
		expect(html).toContain('Read on 例え.example')
	})

	test('a title with line breaks stays one line of the text part', async () => {
		const { text } = await digestWith({ title: 'One\r\n\r\n--------\nTwo' })
		expect(text).toContain('2. One -------- Two\n')
	})

	test('a text can’t turn the direction of what follows', async () => {
		const { html, text } = await digestWith(inEveryText('abc\u202e\u2066def'))
		expect(html + text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
	})
})

describe('a newsletter’s colour', () => {
	test('1.8 (WCAG 1.4.3): whatever it is, texts on it and in it have a contrast of 4.5:1 or more', () => {
		const hex = fc
			.integer({ min: 0, max: 0xffffff })
			.map((value) => `#${value.toString(16).padStart(6, '0')}`)
		fc.assert(
			fc.property(
				fc.oneof(hex, fc.constantFrom('#ffffff', '#000', '#777777', '#ff0', 'red', '')),
				(colour) => {
					const { accent, onAccent, strong, light, onLight } = accentColours(colour)
					const pairs = [
						[accent, onAccent],
						[strong, surfaces.page],
						[strong, surfaces.sheet],
						[strong, '#ffffff'],
						[light, surfaces.darkPage],
						[light, surfaces.darkSheet],
						[light, onLight],
					] as const
					for (const [one, other] of pairs) expect(contrastRatio(one, other)).toBeGreaterThanOrEqual(4.5)
				},
			),
		)
	})

	test('T5: that is no colour never reaches a style', async () => {
		const newsletter = sampleNewsletter('en', { colour: '#fff;}</style><script>alert(1)</script>' })
		const { html } = await render('digest', 'en', sampleDigest('en', { newsletter }))
		expect(html).not.toContain('alert(1)')
	})
})

describe('the language of a mail', () => {
	test('a regional language takes the words of its language and its own dates', async () => {
		const { html, text } = await render('digest', 'fr-CA', sampleDigest('fr'))
		expect(html).toContain('<html lang="fr-CA" dir="ltr"')
		expect(text).toContain('Se désabonner')
	})

	test.each(['de', 'xx-invalid-xxxxxxxxxxx', ''])(
		'%j, which has no words, is English and says so',
		async (locale) => {
			const { html, text } = await render('confirm', locale, sampleMails('en').confirm)
			expect(html).toContain('<html lang="en" dir="ltr"')
			expect(text).toContain('Confirm my subscription')
		},
	)
})

describe('contacts', () => {
	test.each([
		['info@example.org', 'mailto:info@example.org'],
		['+1 514 555-0123', 'tel:+15145550123'],
		['https://example.org/contact', 'https://example.org/contact'],
		['www.example.org/contact', 'https://www.example.org/contact'],
	])('%s leads to %s', async (contact, href) => {
		const newsletter = { ...sampleNewsletter('en'), contact }
		const { html } = await render('digest', 'en', sampleDigest('en', { newsletter }))
		expect(factsOf(html).links.at(-1)).toEqual({ href, name: contact })
	})

	test.each(['Room 3, every Tuesday', 'javascript:alert(1)', 'a@b@c'])(
		'%s leads nowhere',
		async (contact) => {
			const newsletter = { ...sampleNewsletter('en'), contact }
			const { html } = await render('digest', 'en', sampleDigest('en', { newsletter }))
			expect(factsOf(html).links.map(({ name }) => name)).not.toContain(contact)
			expect(factsOf(html).text).toContain(contact)
		},
	)
})

describe('a template that is broken', () => {
	let folder: string
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'envoi-emails-'))
		await cp(fileURLToPath(new URL('../../emails/', import.meta.url)), folder, { recursive: true })
	})
	afterAll(() => rm(folder, { recursive: true }))

	const around = (inner: string) =>
		`<mjml><mj-body>\n<mj-section><mj-column>\n${inner}\n</mj-column></mj-section></mj-body></mjml>`

	test.each([
		['an unknown element', around('<mj-texte>x</mj-texte>'), /confirm.*Line 3.*mj-texte/],
		['an unknown attribute', around('<mj-text colour="red">x</mj-text>'), /confirm.*Line 3.*colour/],
		[
			'an element in the wrong place',
			'<mjml><mj-body>\n<mj-text>x</mj-text></mj-body></mjml>',
			/Line 2.*mj-text/,
		],
		['an element left open', around('<mj-text>x'), /confirm.*Line 4.*<\/mj-column> closes what is not open/],
		['an end without MJML', 'plain text', /confirm does not compile/],
		['a missing partial', "<%~ include('/partials/nothing') %>", /confirm[\s\S]*nothing\.mjml/],
		[
			'an unknown word',
			around("<mj-text><%= it.t('no.such.key') %></mj-text>"),
			/confirm[\s\S]*no\.such\.key/,
		],
		['broken template syntax', around('<% if ( { %>'), /confirm[\s\S]*template/],
		['an mj-include', around('<mj-include path="/etc/passwd" /><mj-text>x'), /confirm/],
	])('%s is an error that names the mail, the place and the reason', async (_, template, message) => {
		await writeFile(join(folder, 'confirm/email.mjml'), template)
		const broken = createRenderMail({ folder })('confirm', 'en', sampleMails('en').confirm)
		await expect(broken).rejects.toThrow(message)
		await expect(broken).rejects.toBeInstanceOf(MailTemplateError)
	})

	test('mj-include reads no file', async () => {
		await writeFile(
			join(folder, 'confirm/email.mjml'),
			around('<mj-include path="./package.json" type="html" />'),
		)
		const { html } = await createRenderMail({ folder })('confirm', 'en', sampleMails('en').confirm)
		expect(html).not.toContain('envoi')
	})
})
