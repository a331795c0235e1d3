import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { changeNewsletter } from '../../../src/newsletters/index.ts'
import { confirmPath, mailsTo, receiptsOf, signUp, subscriptionOf } from '../../subscriptions/people.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const wording = { en: 'Yes, mail me\nonce a week.', fr: 'Oui, écrivez-moi\nchaque semaine.' }

let app: TestApp
beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news', signupAsks: ['language'] })
	await agreeTo(wording)
})
afterAll(() => app.close())

const agreeTo = ({ en, fr }: typeof wording) =>
	changeNewsletter(
		app,
		'news',
		{ texts: { en: { consentWording: en }, fr: { consentWording: fr } } },
		operator,
	)

/** What a block says, without its tags. */
const textOf = (html: string | undefined) =>
	html
		?.replace(/<br>/g, '\n')
		.replace(/<[^>]*>/g, '')
		.trim()

it('What one agrees to stands in a block of its own, in each place where it is shown', async () => {
	const page = await app.request.get('/newsletters/news/en')
	const block = /<section class="consent"[^>]*>([\s\S]*?)<\/section>/
	expect(textOf(block.exec(page.text)?.[1])).toBe(`What you agree to\n${wording.en}`)
	expect(page.text).toMatch(/<button type="submit" aria-describedby="consent">/)

	const code = (await app.request.get('/newsletters/news/fr/form')).text
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
	const blocks = [...code.matchAll(/<fieldset>([\s\S]*?)<\/fieldset>/g)].map(([, inner]) => textOf(inner))
	expect(blocks).toContainEqual(
		expect.stringMatching(/^Ce que vous acceptez\s+Oui, écrivez-moi\nchaque semaine\.$/),
	)

	await signUp(app, 'ada@example.org', { locale: 'fr' })
	await app.drain()
	const [mail] = await mailsTo(app, 'ada@example.org')
	expect(mail?.text).toContain(`\n\nCe que vous acceptez en confirmant\n${wording.fr}\n\n`)
	expect(mail?.html).toMatch(
		/<td class="rule"[^>]*>\s*<h2[^>]*>Ce que vous acceptez en confirmant<\/h2>\s*<p[^>]*>Oui, écrivez-moi<br>chaque semaine\.<\/p>\s*<\/td>/,
	)
	const confirming = await app.request.get(await confirmPath(app, 'ada@example.org'))
	expect(textOf(block.exec(confirming.text)?.[1])).toBe(`Ce que vous acceptez\n${wording.fr}`)
})

it('Receipts hold the wording that was shown, whatever the language of the digests is', async () => {
	const form = { email: 'ben@example.org', locale: 'en', language: 'fr', wording: 2 }
	await app.request.post('/newsletters/news/subscriptions').type('form').send(form).expect(200)
	await app.drain()
	const path = await confirmPath(app, 'ben@example.org')
	const page = await app.request.get(`${path}?locale=en`)
	const action = /<form action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
	await app.request.post(action).expect(200)
	const { id, locale } = await subscriptionOf(app, 'ben@example.org')
	expect(locale).toBe('fr')
	expect(await receiptsOf(app, id)).toMatchObject([
		{ action: 'requested', wording: wording.en, wording_version: 2, locale: 'en' },
		{ action: 'confirmed', wording: wording.en, wording_version: 2, locale: 'fr' },
	])
})

it('A page that stayed open while the wording was changed is no consent to the new one', async () => {
	await signUp(app, 'cleo@example.org', { locale: 'fr' })
	await app.drain()
	const path = await confirmPath(app, 'cleo@example.org')
	const page = await app.request.get(path)
	await agreeTo({ en: 'Yes.', fr: 'Oui.' })
	const action = /<form action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
	await app.request.post(action).expect(200)
	const { id } = await subscriptionOf(app, 'cleo@example.org')
	expect((await receiptsOf(app, id)).at(-1)).toMatchObject({
		action: 'confirmed',
		wording: null,
		wording_version: 2,
	})
	await agreeTo(wording)
})
