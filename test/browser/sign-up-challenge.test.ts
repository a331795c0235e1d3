import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isUnproven } from '../subscriptions/people.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
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
		what: 'your browser solves a small task',
		without: 'Scripts are off in your browser',
		expired: 'the task of your browser ran out',
		oneMore: 'One more step',
	},
	fr: {
		email: 'Votre adresse de courriel',
		subscribe: 'S’abonner',
		check: 'Consultez votre boîte de réception',
		what: 'votre navigateur résout',
		without: 'Les scripts sont désactivés',
		expired: 'la tâche de votre navigateur a expiré',
		oneMore: 'Encore une étape',
	},
} as const
const locales = ['en', 'fr'] as const

let app: TestApp
let browser: Browser
let site: Server
const open: BrowserContext[] = []
/** What the browser complains of: the policy of the page above all. */
const complaints: string[] = []

beforeAll(async () => {
	if (!chromiumPath) return
	app = await startTestApp({ config: { signupChallenge: 'always' } })
	site = createServer((_, response) => {
		response.setHeader('Content-Type', 'text/html')
		response.end(`<!doctype html><html lang="en"><title>A site</title>
			<form action="${app.url}/newsletters/news/subscriptions" method="post">
			<input name="email" aria-label="Email"><input type="hidden" name="locale" value="fr">
			<button>Go</button></form>`)
	})
	await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
	await makeNewsletter(app, { slug: 'news', sites: [siteUrl()] })
	browser = await openBrowser()
})
afterEach(async () => {
	for (const context of open.splice(0)) await context.close()
	expect(complaints.splice(0)).toEqual([])
})
afterAll(async () => {
	await closePages()
	site?.close()
	await app?.close()
})

const siteUrl = () => `http://localhost:${(site.address() as AddressInfo).port}`

async function openPage({ scripts = true, width = 320 } = {}): Promise<Page> {
	const viewport = { width, height: 800 }
	const context = await browser.newContext({ viewport, javaScriptEnabled: scripts })
	open.push(context)
	const page = await context.newPage()
	page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
	page.on('pageerror', (error) => complaints.push(String(error)))
	return page
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()

const pageOf = (locale: string) => `${app.url}/newsletters/news/${locale}`

describe.skipIf(!chromiumPath)('a form that asks for a solution', () => {
	it.each(someOf(locales, 1))(
		'has it solved while one types, by our own scripts alone, without a cookie: %s',
		async (locale) => {
			const word = words[locale]
			const page = await openPage()
			const asked: string[] = []
			page.on('request', (request) => asked.push(request.url()))
			const answer = await page.goto(pageOf(locale))
			expect(answer?.headers()['content-security-policy']).toContain("script-src 'self';")
			expect(await page.locator('.task').innerText()).toContain(word.what)
			await expectAccessible(page)
			expect(asked.some((url) => url.includes('/challenge'))).toBe(false)
			const email = `typed-${locale}@example.org`
			await page.getByLabel(word.email).fill(email)
			await expect.poll(() => page.locator('[name=altcha]').inputValue()).not.toBe('')
			expect(await page.context().cookies()).toEqual([])
			await press(page, word.subscribe)
			await page.waitForLoadState()
			expect(await heading(page)).toBe(word.check)
			expect(await isUnproven(app, email)).toBe(false)
			expect(asked.filter((url) => !url.startsWith(app.url))).toEqual([])
		},
	)

	it.each(someOf(locales.toReversed(), 1))(
		'is sent once the solution is there, where one was faster, and once where one presses twice: %s',
		async (locale) => {
			const word = words[locale]
			const page = await openPage()
			await page.goto(pageOf(locale))
			const email = `fast-${locale}@example.org`
			await page.getByLabel(word.email).fill(email)
			const button = page.getByRole('button', { name: word.subscribe, exact: true })
			await button.dblclick()
			await page.getByRole('heading', { level: 1, name: word.check }).waitFor()
			expect(await isUnproven(app, email)).toBe(false)
		},
	)

	it.each(someOf(locales, 1))('works without scripts, and says so: %s', async (locale) => {
		const word = words[locale]
		const page = await openPage({ scripts: false })
		await page.goto(pageOf(locale))
		expect(await page.locator('.task').innerText()).toContain(word.without)
		expect(await page.locator('.task').innerText()).not.toContain(word.what)
		await page.getByLabel(word.email).fill(`plain-${locale}@example.org`)
		await press(page, word.subscribe)
		expect(await heading(page)).toBe(word.check)
		expect(await isUnproven(app, `plain-${locale}@example.org`)).toBe(true)
	})

	it.each(someOf(locales.toReversed(), 1))(
		'comes back filled in where the solution ran out, and goes out with a new one: %s',
		async (locale) => {
			const word = words[locale]
			const page = await openPage()
			await page.goto(pageOf(locale))
			const email = `late-${locale}@example.org`
			await page.getByLabel(word.email).fill(email)
			await expect.poll(() => page.locator('[name=altcha]').inputValue()).not.toBe('')
			app.clock.advance({ seconds: 3_601 })
			await press(page, word.subscribe)
			await page.getByRole('alert').waitFor()
			expect(await page.getByRole('alert').innerText()).toContain(word.expired)
			// the answer is a 422
			complaints.splice(0)
			expect(await page.getByLabel(word.email).inputValue()).toBe(email)
			await expectAccessible(page)
			await press(page, word.subscribe)
			await page.getByRole('heading', { level: 1, name: word.check }).waitFor()
			expect(await isUnproven(app, email)).toBe(false)
		},
	)

	it('is sent without where the challenge can’t be had', async () => {
		const page = await openPage()
		await page.route('**/challenge', (route) => route.abort())
		await page.goto(pageOf('en'))
		await page.getByLabel(words.en.email).fill('no.challenge@example.org')
		await press(page, words.en.subscribe)
		await page.getByRole('heading', { level: 1, name: words.en.check }).waitFor()
		expect(await isUnproven(app, 'no.challenge@example.org')).toBe(true)
		complaints.splice(0)
	})

	it.each([true, false])('finishes what began on another site: scripts %s', async (scripts) => {
		const page = await openPage({ scripts })
		await page.goto(siteUrl())
		const email = `elsewhere-${scripts}@example.org`
		await page.getByLabel('Email').fill(email)
		await press(page, 'Go')
		if (!scripts) {
			expect(await page.locator('.question').innerText()).toContain(words.fr.oneMore)
			await expectNothingCutOff(page)
			await press(page, words.fr.subscribe)
		}
		await page.getByRole('heading', { level: 1, name: words.fr.check }).waitFor()
		expect(await isUnproven(app, email)).toBe(!scripts)
		complaints.splice(0)
	})

	it('lets scripts of the newsletter’s other sites solve it, as they send programs’ sign-ups', async () => {
		const page = await openPage()
		await page.goto(siteUrl())
		const status = await page.evaluate(`(async () => {
			const { solve } = await import('${app.url}/assets/solve-challenge.js')
			const altcha = await solve('${app.url}/api/v1/newsletters/news/challenge')
			const answer = await fetch('${app.url}/api/v1/newsletters/news/subscriptions', {
				method: 'POST',
				body: JSON.stringify({ email: 'fetched@example.org', altcha }),
				headers: { 'Content-Type': 'application/json' },
			})
			return answer.status
		})()`)
		expect(status).toBe(202)
		expect(await isUnproven(app, 'fetched@example.org')).toBe(false)
		complaints.splice(0)
	})
})
