import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { changeNewsletter } from '../../src/newsletters/index.ts'
import { confirmPath, mailsTo, pathIn, stateOf, subscriptionOf } from '../subscriptions/people.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { inTurn, someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { manners } from './manners.ts'
import {
	chromiumPath,
	closePages,
	expectAccessible,
	expectNothingCutOff,
	openBrowser,
} from './open-browser.ts'

const words = {
	en: {
		email: 'Your email address',
		subscribe: 'Subscribe',
		check: 'Check your inbox',
		confirm: 'Yes, subscribe me',
		confirmed: 'You are subscribed',
		already: 'You are subscribed already',
		leave: 'Unsubscribe',
		left: 'You are unsubscribed',
		undo: 'Subscribe me again',
		undone: 'You are subscribed again',
		reason: 'Too many messages',
		send: 'Send',
		thanks: 'Thank you',
		problem: 'The @ is missing',
		skip: 'Skip to the content',
	},
	fr: {
		email: 'Votre adresse de courriel',
		subscribe: 'S’abonner',
		check: 'Consultez votre boîte de réception',
		confirm: 'Oui, je m’abonne',
		confirmed: 'Votre abonnement est confirmé',
		already: 'Votre abonnement est déjà confirmé',
		leave: 'Me désabonner',
		left: 'Désabonnement confirmé',
		undo: 'Me réabonner',
		undone: 'Votre abonnement est rétabli',
		reason: 'Trop de messages',
		send: 'Envoyer',
		thanks: 'Merci',
		problem: 'Le signe @ manque',
		skip: 'Aller au contenu',
	},
} as const

type Words = (typeof words)[keyof typeof words]

let app: TestApp
let browser: Browser
const open: BrowserContext[] = []

beforeAll(async () => {
	if (!chromiumPath) return
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
	browser = await openBrowser()
})
afterEach(async () => {
	for (const context of open.splice(0)) await context.close()
})
afterAll(async () => {
	await closePages()
	await app?.close()
})

type Manner = { width?: number; height?: number; scripts?: boolean; locale?: string }

async function openPage({
	width = 1280,
	height = 800,
	scripts = true,
	locale = 'en',
}: Manner = {}): Promise<Page> {
	const viewport = { width, height }
	const context = await browser.newContext({ viewport, javaScriptEnabled: scripts, locale })
	open.push(context)
	return context.newPage()
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

async function fillForm(page: Page, locale: keyof typeof words, email: string): Promise<void> {
	await page.goto(`${app.url}/newsletters/news/${locale}`)
	await page.getByLabel(words[locale].email).fill(email)
	await press(page, words[locale].subscribe)
}

/** The unsubscribe link of a mail: signing up once more brings one. */
async function unsubscribePath(email: string): Promise<string> {
	await app.request.post('/api/v1/newsletters/news/subscriptions').send({ email }).expect(202)
	await app.drain()
	return pathIn((await mailsTo(app, email)).at(-1)?.text, 'unsubscribe')
}

describe.skipIf(!chromiumPath)('a visitor', () => {
	it.each(someOf(manners, 2))(
		'subscribes, confirms, leaves, comes back and leaves: $locale, $width px, scripts $scripts (P1, U7)',
		async ({ locale, width, scripts }) => {
			const word: Words = words[locale]
			// each language is looked at in one width with all rules: what they find does not depend on both
			const isWhole = scripts && (locale === 'en') === (width === 320)
			const look = (shown: Page) => (isWhole ? expectAccessible(shown) : expectNothingCutOff(shown))
			const email = `visitor-${locale}-${width}-${scripts}@example.org`
			const page = await openPage({ width, scripts })
			const isNow = async (title: string) => {
				await heading(page).filter({ hasText: title }).waitFor()
				expect(await page.locator('html').getAttribute('lang')).toBe(locale)
				await look(page)
			}

			await page.goto(`${app.url}/newsletters/news/${locale}`)
			await look(page)
			await page.getByLabel(word.email).fill('visitor.example.org')
			await press(page, word.subscribe)
			await page.getByRole('alert').getByText(word.problem).waitFor()
			await look(page)
			await page.getByLabel(word.email).fill(email)
			await press(page, word.subscribe)
			await isNow(word.check)
			expect(await page.getByText(email).isVisible()).toBe(true)

			await app.drain()
			await page.goto(app.url + (await confirmPath(app, email)))
			// with scripts the browser that signed up needs no second click
			if (!scripts) await press(page, word.confirm)
			await isNow(word.confirmed)
			expect(await stateOf(app, email)).toBe('active')
			await page.goto(app.url + (await confirmPath(app, email)))
			await isNow(word.already)

			const leaving = `${app.url}${await unsubscribePath(email)}?locale=${locale}`
			await page.goto(leaving)
			await look(page)
			expect(await stateOf(app, email)).toBe('active')
			await press(page, word.leave)
			await isNow(word.left)
			await press(page, word.undo)
			await isNow(word.undone)
			expect(await stateOf(app, email)).toBe('active')

			await page.goto(leaving)
			await press(page, word.leave)
			await page.getByLabel(word.reason).check()
			await press(page, word.send)
			await isNow(word.thanks)
			expect(await subscriptionOf(app, email)).toMatchObject({
				state: 'unsubscribed',
				unsubscribe_reason: 'too_many',
			})
		},
	)

	it('who opens the link in another browser is asked to press, and is not confirmed by looking (P1, P2)', async () => {
		await fillForm(await openPage(), 'en', 'elsewhere@example.org')
		await app.drain()
		const link = app.url + (await confirmPath(app, 'elsewhere@example.org'))
		const scanner = await openPage()
		await scanner.goto(link, { waitUntil: 'networkidle' })
		expect(await heading(scanner).textContent()).toBe('Confirm your subscription')
		await expectAccessible(scanner)
		expect(await stateOf(app, 'elsewhere@example.org')).toBe('pending')
		await press(scanner, words.en.confirm)
		await heading(scanner).filter({ hasText: words.en.confirmed }).waitFor()
	})

	it('can use a form that was pasted into a page of another site, and confirm by the link alone', async () => {
		const page = await openPage()
		await page.goto(`${app.url}/newsletters/news/fr/form`)
		await expectAccessible(page)
		const code = (await page.locator('#form-code').textContent()) ?? ''
		const site = await serve(`<!doctype html><html lang="fr"><title>Join</title><h1>Join</h1>${code}`)
		await page.goto(site.url)
		await page.getByLabel(words.fr.email).fill('pasted@example.org')
		await press(page, words.fr.subscribe)
		await heading(page).filter({ hasText: words.fr.check }).waitFor()
		await app.drain()
		await page.goto(app.url + (await confirmPath(app, 'pasted@example.org')))
		await heading(page).filter({ hasText: words.fr.confirmed }).waitFor()
		await new Promise((resolve) => site.server.close(resolve))
	})

	it('can be signed up by a script on a page of another site of the newsletter', async () => {
		const site = await serve('<!doctype html><title>Join</title>')
		await changeNewsletter(app, 'news', { sites: [site.url] }, operator)
		const page = await openPage()
		await page.goto(site.url)
		const message = await page.evaluate<string>(`fetch('${app.url}/api/v1/newsletters/news/subscriptions', {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ email: 'script@example.org', locale: 'fr' }),
		}).then((answer) => answer.json()).then(({ message }) => message)`)
		expect(message).toContain('Nouvelles du monde')
		expect(await stateOf(app, 'script@example.org')).toBe('pending')
		await new Promise((resolve) => site.server.close(resolve))
	})

	it('needs no mouse: everything is reached, seen and pressed by keys (WCAG 2.1.1, 2.4.1, 2.4.7)', async () => {
		const page = await openPage()
		const focused = () =>
			page.evaluate<{ text: string; seen: boolean; ring: boolean }>(`(() => {
				const element = document.activeElement
				const box = element.getBoundingClientRect()
				const { outlineStyle, outlineWidth } = getComputedStyle(element)
				return {
					text: element.textContent.trim() || element.id,
					seen: box.top >= 0 && box.left >= 0 && box.width > 0,
					ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
				}
			})()`)
		const tabTo = async (text: string) => {
			for (let presses = 0; presses < 20; presses++) {
				await page.keyboard.press('Tab')
				const now = await focused()
				expect(now, `while looking for ${text}`).toMatchObject({ seen: true, ring: true })
				if (now.text === text) return
			}
			throw new Error(`Tab does not lead to ${text}`)
		}
		await page.goto(`${app.url}/newsletters/news/en`)
		await page.keyboard.press('Tab')
		expect(await focused()).toMatchObject({ text: words.en.skip, seen: true, ring: true })
		await page.keyboard.press('Enter')
		expect(await page.evaluate('document.activeElement.id')).toBe('content')
		await tabTo('email')
		await page.keyboard.type('keys@example.org')
		await tabTo(words.en.subscribe)
		await page.keyboard.press('Enter')
		await heading(page).filter({ hasText: words.en.check }).waitFor()
		await app.drain()

		await page.goto(app.url + (await confirmPath(app, 'keys@example.org')))
		await heading(page).filter({ hasText: words.en.confirmed }).waitFor()

		await page.goto(app.url + (await unsubscribePath('keys@example.org')))
		await tabTo(words.en.leave)
		await page.keyboard.press('Enter')
		await heading(page).filter({ hasText: words.en.left }).waitFor()
		await tabTo(words.en.undo)
		await tabTo('reason-too_many')
		await page.keyboard.press('ArrowDown')
		await tabTo('comment')
		await tabTo(words.en.send)
		await page.keyboard.press('Enter')
		await heading(page).filter({ hasText: words.en.thanks }).waitFor()
		expect(await subscriptionOf(app, 'keys@example.org')).toMatchObject({
			unsubscribe_reason: 'not_interested',
		})
	})

	it('can enlarge everything to 200 %, by zoom or by the size of letters (WCAG 1.4.4, 1.4.10)', async () => {
		const email =
			'a.person.with.quite.a.long.address.that.does.not.fit@subdomain.of.an.organisation.example.org'
		const zoomed = await openPage({ width: 640, height: 400 })
		await fillForm(zoomed, 'fr', email)
		await heading(zoomed).filter({ hasText: words.fr.check }).waitFor()
		await expectNothingCutOff(zoomed)
		await app.drain()
		for (const [width, size] of [
			[1280, '200%'],
			[640, '200%'],
			[320, '150%'],
		] as const) {
			const page = await openPage({ width, scripts: true })
			const paths = [
				'/',
				'/newsletters/news/fr',
				'/newsletters/news/fr/form',
				await confirmPath(app, email),
				'/confirm/x',
			]
			for (const path of paths) {
				await page.goto(app.url + path)
				await page.evaluate(`document.documentElement.style.fontSize = '${size}'`)
				await expectNothingCutOff(page)
			}
		}
	})

	it('finds every other page accessible too, at 320 and 1280 px', async () => {
		const paths = [
			'/',
			'/?locale=fr',
			'/confirm/x',
			'/unsubscribe/x',
			'/nowhere',
			'/newsletters/news/en/form',
			'/dev/mailbox',
		]
		for (const [turn, width] of [320, 1280].entries()) {
			const page = await openPage({ width })
			for (const path of inTurn(paths, turn)) {
				await page.goto(app.url + path)
				await expectAccessible(page)
			}
		}
	})

	it('sees the newsletter’s colour, made readable, whatever it is', async () => {
		const colours = [
			['yellow', '#ffee00'],
			['night', '#05060a'],
			['grey', '#808080'],
			['rose', '#ff5577'],
		] as const
		for (const [slug, colour] of someOf(colours, 2)) {
			await makeNewsletter(app, { slug, colour })
			const page = await openPage({ width: 320 })
			await page.goto(`${app.url}/newsletters/${slug}/en`)
			await expectAccessible(page)
			await page.getByLabel(words.en.email).fill('colour@example.org')
			await press(page, words.en.subscribe)
			await heading(page).filter({ hasText: words.en.check }).waitFor()
			await expectAccessible(page)
		}
	})
})

/** A site of somebody else: another origin, and by its name another site too. */
async function serve(html: string): Promise<{ server: Server; url: string }> {
	const server = createServer((_request, response) =>
		response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html),
	)
	await new Promise<void>((resolve) => server.listen(0, 'localhost', () => resolve()))
	return { server, url: `http://localhost:${(server.address() as AddressInfo).port}/` }
}
