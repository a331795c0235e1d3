import { describe, expect, test } from 'vitest'
import { createRenderMail } from '../../src/mail/render-mail.ts'
import { factsOf } from './html-facts.ts'
import { sampleDigest, sampleMails, sampleNewsletter, sampleStory } from './sample-mails.ts'

const render = createRenderMail()
const locales = ['en', 'fr'] as const
const names = ['digest', 'confirm', 'already-active', 'suppressed'] as const

const urlsIn = (text: string) => new Set(text.match(/https?:\/\/\S+/g))
const pagesLinkedIn = (html: string) =>
	new Set(
		factsOf(html)
			.links.map(({ href }) => href)
			.filter((href) => href.startsWith('http')),
	)

describe.each(locales)('the mails in %s', (locale) => {
	describe.each(names)('%s', (name) => {
		const rendering = render(name, locale, sampleMails(locale)[name])

		test('F7: has a text part of its own', async () => {
			const { subject, preheader, text } = await rendering
			expect(`${subject}\n${preheader}\n\n${text}`).toMatchSnapshot()
		})

		test('1.8: has a language, a title, real headings, named links and images with alt', async () => {
			const { html, subject } = await rendering
			const { lang, title, headings, links, images } = factsOf(html)
			expect({ lang, title, headings, links, images }).toMatchSnapshot()
			expect(lang).toBe(`${locale} ltr`)
			expect(title).toBe(subject)
			expect(headings.filter((heading) => heading.startsWith('h1'))).toHaveLength(1)
			expect(links.every((link) => link.name !== '')).toBe(true)
			expect(images.every(({ alt }) => alt !== undefined)).toBe(true)
			expect(html.match(/<table(?![^>]*role="presentation")/g)).toBeNull()
		})

		test('F7: both parts carry the same links', async () => {
			const { html, text } = await rendering
			expect(pagesLinkedIn(html)).toEqual(urlsIn(text))
		})

		test('F10: hides nothing but the first line, which is short and told nowhere else', async () => {
			const { html, preheader, text } = await rendering
			expect(html.match(/display:\s*none|visibility:\s*hidden|opacity:\s*0|mso-hide/g)).toHaveLength(2)
			expect(html).toMatch(/<div style="display:none;[^"]*">[^<]+<\/div>/)
			expect(html).not.toMatch(/\u034f|[\u00ad\u200b-\u200f\u2060\u2800\ufeff]|&(shy|zwnj|zwj|#8203);/)
			expect(preheader.length).toBeLessThanOrEqual(140)
			expect(factsOf(html).text.startsWith(preheader)).toBe(true)
			expect(factsOf(html).text.split(preheader)).toHaveLength(2)
			if (name === 'digest') expect(text).toContain(preheader)
		})

		test('loads nothing but pictures', async () => {
			const { html } = await rendering
			expect(html).not.toMatch(/<link|@import|@font-face|<script|<iframe|fonts\.googleapis|\burl\(/)
		})

		test('F11: is lean', async () => {
			const { html } = await rendering
			expect(Buffer.byteLength(html)).toBeLessThan(25_000)
			expect(html).not.toMatch(/^\s|\s\n|\n\n/m)
		})
	})

	test('U13: a digest can be left at its end, in HTML and in the text, and nowhere before', async () => {
		const { html, text } = await render('digest', locale, sampleDigest(locale))
		const hrefs = factsOf(html).links.map(({ href }) => href)
		const leaving = 'https://envoi.example/u/1.2.abc'
		expect(hrefs.filter((href) => href === leaving)).toHaveLength(1)
		expect(hrefs.slice(-3)).toContain(leaving)
		expect(urlsIn(text)).toContain(leaving)
	})

	test('whom a digest was forwarded to is led to the form, not to a link of the reader', async () => {
		const { html, text } = await render('digest', locale, sampleDigest(locale))
		const { publicUrl } = sampleNewsletter(locale)
		const asked = { en: 'Was this forwarded to you?', fr: 'On vous a transféré ce courriel\u202f?' }[locale]
		expect(factsOf(html).text).toContain(asked)
		expect(text).toContain(asked)
		expect(pagesLinkedIn(html)).toContain(publicUrl)
	})

	test('date and count are told once, also where the first line names them', async () => {
		const day = { en: '20 October 2022', fr: '20 octobre 2022' }[locale]
		for (const preheader of ['Something new', `3 stories, ${day}`]) {
			const { html, text } = await render('digest', locale, sampleDigest(locale, { preheader }))
			const shown = factsOf(html.replace(/<div style="display:none.*?<\/div>/s, '')).text
			for (const part of [shown, text]) expect(part.split(day)).toHaveLength(2)
		}
	})

	test('the page "view in browser" is the same edition without personal links', async () => {
		const mail = await render('digest', locale, sampleDigest(locale))
		const page = await render('digest', locale, sampleDigest(locale, { links: null }))
		expect(page.html + page.text).not.toContain('envoi.example/u/')
		const { publicUrl } = sampleNewsletter(locale)
		expect(pagesLinkedIn(page.html)).toContain(publicUrl)
		expect(factsOf(page.html).headings).toEqual(factsOf(mail.html).headings)
	})

	test('CASL s. 6(2): a digest names its sender, the postal address and a contact in both parts', async () => {
		const { html, text } = await render('digest', locale, sampleDigest(locale))
		const { fromName, postalAddress, contact } = sampleNewsletter(locale)
		for (const words of [
			fromName,
			contact,
			...postalAddress.split('\n').map((line) => line.replace(/ +/g, ' ')),
		]) {
			expect(factsOf(html).text).toContain(words)
			expect(text).toContain(words)
		}
	})

	test('F11: ten long stories with pictures stay far below 102,400 bytes', async () => {
		const stories = Array.from({ length: 10 }, (_, index) =>
			sampleStory({
				title: `Une longue annonce qui dit tout, numéro ${index}, et bien davantage encore`,
				link: `https://www.cooperation.example/nouvelles/2022/10/une-longue-annonce-${index}`,
				summary: 'Des volontaires et leurs partenaires se sont réunis pour en parler. '.repeat(8),
				imageUrl: `https://www.cooperation.example/images/2022/10/volontaires-${index}.jpg`,
				imageAlt: 'Des volontaires réunis sous un arbre',
				author: 'Awa Diop',
				categories: ['Volontariat'],
			}),
		)
		const { html } = await render('digest', locale, sampleDigest(locale, { stories }))
		expect(Buffer.byteLength(html)).toBeLessThan(45_000)
	})
})

describe('a digest', () => {
	test('1.8: marks stories in another language than its own', async () => {
		const stories = [
			sampleStory({ title: 'Bonjour', locale: 'fr-CA' }),
			sampleStory({ title: 'Hello', locale: 'en' }),
		]
		const { html, text } = await render('digest', 'en', sampleDigest('en', { stories }))
		expect(html).toMatch(/<h2[^>]* lang="fr-CA" dir="ltr">/)
		expect(html.match(/ lang="en"/g)).toHaveLength(2) // html and MJML's article around the body
		expect(text).toContain('French')
	})

	test('1.8: runs from right to left where its stories do', async () => {
		const { html } = await render(
			'digest',
			'en',
			sampleDigest('en', { stories: [sampleStory({ locale: 'ar' })] }),
		)
		expect(html).toMatch(/<h2[^>]* lang="ar" dir="rtl">/)
	})

	test('a story without a link or picture is whole', async () => {
		const stories = [sampleStory({ title: 'Office closed', link: null, summary: '' })]
		const { html, text } = await render('digest', 'en', sampleDigest('en', { stories }))
		expect(factsOf(html).headings).toEqual(['h1 Field Notes', 'h2 Office closed'])
		expect(pagesLinkedIn(html).size).toBe(4) // the web version, the choices, the form, leaving
		expect(text).toContain('1. Office closed')
		expect(text).not.toContain('null')
	})

	test('days are told in the time zone of the newsletter', async () => {
		const date = new Date('2022-10-20T02:00:00Z')
		const [toronto, dakar] = await Promise.all(
			['America/Toronto', 'Africa/Dakar'].map((timeZone) =>
				render('digest', 'en', sampleDigest('en', { date, timeZone })),
			),
		)
		expect(toronto?.text).toContain('19 October 2022 ·')
		expect(dakar?.text).toContain('20 October 2022 ·')
	})

	test('pictures are as wide as the column, or small beside their text, and never blown up', async () => {
		const sizes = [
			[1600, 900, '512'],
			[512, 400, '512'],
			[511, 300, '160'],
			[600, 900, '160'],
			[600, 1800, '80'],
			[1000, 1000, '160'],
			[120, 90, '120'],
			[3, 500, '1'],
		] as const
		const stories = sizes.map(([width, height]) =>
			sampleStory({ imageUrl: 'https://a.example/i.png', imageSize: { width, height } }),
		)
		const { html } = await render('digest', 'en', sampleDigest('en', { stories }))
		const widths = [...html.matchAll(/<img [^>]*?i\.png[^>]*? width="(\d+)"/g)].map(([, width]) => width)
		expect(widths).toEqual(sizes.map(([, , width]) => width))
		const unknown = sampleDigest('en', { stories: [sampleStory({ imageUrl: 'https://a.example/i.png' })] })
		expect((await render('digest', 'en', unknown)).html).toMatch(/class="small"[^>]*? width="160"/)
	})

	test('the first of a month is an ordinal in French', async () => {
		const date = new Date('2022-10-01T12:00:00Z')
		const { text } = await render('digest', 'fr', sampleDigest('fr', { date }))
		expect(text).toContain('1er octobre 2022')
	})

	test('F4, F10: subject and preheader are cut behind a word where they are long', async () => {
		const long = 'volunteering '.repeat(40)
		const { subject, preheader } = await render(
			'digest',
			'en',
			sampleDigest('en', { subject: long, preheader: long }),
		)
		expect(subject).toMatch(/^(volunteering )+volunteering…$/)
		expect(subject.length).toBeLessThanOrEqual(150)
		expect(preheader.length).toBeLessThanOrEqual(140)
	})
})
