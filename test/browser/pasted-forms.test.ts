import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { changeNewsletter } from '../../src/newsletters/index.ts'
import { receiptsOf, stateOf, subscriptionOf } from '../subscriptions/people.ts'
import { makeTopic } from '../support/make-choices.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { inTurn, someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { chromiumPath, closePages, expectAccessible, openBrowser } from './open-browser.ts'

let app: TestApp
let browser: Browser
let site: Server
let origin: string
/** What the organisation's own site answers, by path. */
const pages = new Map<string, string>()
const contexts: BrowserContext[] = []
const words = {
	en: {
		email: 'Your email address',
		subscribe: 'Subscribe',
		check: 'Check your inbox',
		thanks: 'Thank you',
		empty: 'Enter your email address',
		sending: 'One moment',
	},
	fr: {
		email: 'Votre adresse de courriel',
		subscribe: 'S’abonner',
		check: 'Consultez votre boîte',
		thanks: 'Merci',
		empty: 'Indiquez votre adresse',
		sending: 'Un instant',
	},
} as const

beforeAll(async () => {
	if (!chromiumPath) return
	browser = await openBrowser()
	app = await startTestApp({ workers: false })
	site = createServer((request, response) => {
		const html = pages.get(request.url ?? '')
		response
			.writeHead(html ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' })
			.end(html ?? 'no such page')
	})
	await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
	// another origin than Envoi's, which is at 127.0.0.1
	origin = `http://localhost:${(site.address() as AddressInfo).port}`
	const { id } = await makeNewsletter(app, { slug: 'news', sites: [origin] })
	await makeTopic(app, id, 'water')
	for (const [path, text] of [
		['/thanks', 'Thank you'],
		['/merci', 'Merci'],
	] as const)
		pages.set(path, `<!doctype html><title>${text}</title><h1>${text}</h1>`)
})
afterEach(async () => {
	for (const context of contexts.splice(0)) await context.close()
})
afterAll(async () => {
	await closePages()
	await new Promise((resolve) => (site ? site.close(resolve) : resolve(undefined)))
	await app?.close()
})

type How = { scripts?: boolean; width?: number }

async function open(path: string, { scripts = true, width = 1280 }: How = {}): Promise<Page> {
	const context = await browser.newContext({
		javaScriptEnabled: scripts,
		viewport: { width, height: 800 },
		bypassCSP: false,
	})
	contexts.push(context)
	const page = await context.newPage()
	if (path) await page.goto(origin + path)
	return page
}

type Codes = [form: string, style: string, script: string]
const codesByLocale = new Map<string, Promise<Codes>>()

/** The code that Envoi's own page shows: the form, the line for its style, the one for its script. */
function codes(locale: 'en' | 'fr'): Promise<Codes> {
	const known = codesByLocale.get(locale) ?? readCodes(app, locale)
	codesByLocale.set(locale, known)
	return known
}

async function readCodes(from: TestApp, locale: 'en' | 'fr'): Promise<Codes> {
	const page = await open('')
	await page.goto(`${from.url}/newsletters/news/${locale}/form`)
	const [form = '', style = '', script = ''] = await page.locator('pre code').allTextContents()
	await page.context().close()
	return [form, style, script]
}

const setThanks = (en: string | null, fr: string | null) =>
	changeNewsletter(app, 'news', { texts: { en: { thankYouUrl: en }, fr: { thankYouUrl: fr } } }, operator)

const whole = (locale: string, body: string) =>
	`<!doctype html><html lang="${locale}"><meta name="viewport" content="width=device-width"><title>Join</title><body><main><h1>Join</h1>${body}</main>`

/** What WordPress makes of text that is typed into its classic editor: paragraphs and line breaks (wpautop, in short). */
function withParagraphs(text: string): string {
	const blocks = '(?:form|fieldset|legend|p|div)'
	return text
		.split(/\n\n+/)
		.map((part) => `<p>${part.trim()}</p>`)
		.join('\n')
		.replace(/\n/g, '<br />\n')
		.replace(new RegExp(`<p>(?=\\s*<${blocks}[ >])`, 'g'), '')
		.replace(new RegExp(`(</?${blocks}[^>]*>)\\s*<br />`, 'g'), '$1')
}

/** Pages as systems put the form into them; each with the form twice. */
const systems: Record<string, (locale: string, form: string) => string> = {
	wordpress: (locale, form) =>
		whole(
			locale,
			`<!-- wp:html -->\n${form}\n<!-- /wp:html --><footer><!-- wp:html -->${form}<!-- /wp:html --></footer>`,
		),
	'wordpress classic': (locale, form) =>
		whole(
			locale,
			`<div class="entry-content">${withParagraphs(`Join us\n\n${form}\n\nor here\n\n${form}`)}</div>`,
		),
	squarespace: (locale, form) =>
		whole(
			locale,
			`<div class="sqs-block code-block"><div class="sqs-block-content">${form}</div></div><div class="sqs-block code-block">${form}</div>`,
		),
	drupal: (locale, form) =>
		whole(
			locale,
			`<div data-history-node-id="1" class="text-formatted field"><div>${form}</div><div>${form}</div></div>`,
		),
	static: (locale, form) => whole(locale, form + form),
}

describe.skipIf(!chromiumPath)('a form on a site of the organisation', () => {
	for (const [turn, locale] of (['en', 'fr'] as const).entries()) {
		for (const [name, put] of inTurn(Object.entries(systems), turn)) {
			it(`as ${name} has it, in ${locale}, twice on the page, without scripts: leads to Envoi’s page`, async () => {
				const [form] = await codes(locale)
				await setThanks(null, null)
				pages.set('/join', put(locale, form))
				const page = await open('/join', { scripts: false, width: 320 })
				const address = `${name.replace(' ', '-')}-${locale}@example.org`
				await page.getByLabel(words[locale].email).nth(1).fill(address)
				await page.getByRole('button', { name: words[locale].subscribe }).nth(1).click()
				await page.getByRole('heading', { name: words[locale].check }).waitFor()
				expect(page.url()).toContain(app.url)
				expect(await stateOf(app, address)).toBe('pending')
			})
		}
	}

	it.each(someOf(['fr', 'en'] as const, 1))(
		'answers in place with the script, in %s: what is wrong beside its field, a question, and that a mail comes',
		async (locale) => {
			await setThanks(null, null)
			const [form, style, script] = await codes(locale)
			pages.set('/join', whole(locale, style + form + form + script + script))
			const page = await open('/join', { width: 320 })
			const errors: string[] = []
			page.on('pageerror', (error) => errors.push(error.message))
			await expectAccessible(page)
			const second = page.locator('form').nth(1)
			const email = second.getByLabel(words[locale].email)
			const button = second.getByRole('button', { name: words[locale].subscribe, exact: true })
			await email.fill('nobody@example')
			await button.click()
			await second.locator('[aria-invalid]').waitFor()
			const about = await email.getAttribute('aria-describedby')
			expect(await page.locator(`#${about}`).textContent()).toContain('example.org')
			expect(await email.evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true)
			await expectAccessible(page)
			await email.fill(`script-${locale}@gmial.com`)
			await button.click()
			await second.getByRole('button', { name: `script-${locale}@gmail.com` }).waitFor()
			expect(await second.locator('[aria-invalid]').count()).toBe(0)
			await expectAccessible(page)
			await second.getByRole('button', { name: `script-${locale}@gmail.com` }).click()
			await second.getByRole('status').getByText(words[locale].check).waitFor()
			await expectAccessible(page)
			expect(page.url()).toBe(`${origin}/join`)
			expect(await stateOf(app, `script-${locale}@gmail.com`)).toBe('pending')
			// the other form is as it was
			expect(await page.locator('form').nth(0).getByLabel(words[locale].email).inputValue()).toBe('')
			expect(await page.context().cookies()).toEqual([])
			expect(errors).toEqual([])
		},
	)

	it.each([true, false])(
		'leads to the page to thank on in each language, with scripts: %s',
		async (scripts) => {
			await setThanks(`${origin}/thanks`, `${origin}/merci`)
			for (const locale of ['en', 'fr'] as const) {
				const [form, , script] = await codes(locale)
				pages.set('/join', whole(locale, form + script))
				const page = await open('/join', { scripts })
				const address = `thanks-${locale}-${scripts}@example.org`
				await page.getByLabel(words[locale].email).fill(address)
				await page.getByRole('button', { name: words[locale].subscribe }).click()
				await page.getByRole('heading', { name: words[locale].thanks }).waitFor()
				expect(page.url()).toContain(origin)
				expect(await stateOf(app, address)).toBe('pending')
			}
		},
	)

	it.each([true, false])(
		'leads to the page to thank on once it is corrected on Envoi’s page, with scripts: %s',
		async (scripts) => {
			await setThanks(`${origin}/thanks`, null)
			const [form] = await codes('en')
			pages.set('/join', whole('en', form))
			const page = await open('/join', { scripts })
			await page.getByLabel(words.en.email).fill(`corrected-${scripts}@gmial.com`)
			await page.getByRole('button', { name: words.en.subscribe }).click()
			const meant = `corrected-${scripts}@gmail.com`
			await page.getByRole('button', { name: meant }).click()
			await page.getByRole('heading', { name: words.en.thanks }).waitFor()
			expect(page.url()).toBe(`${origin}/thanks`)
			expect(await stateOf(app, meant)).toBe('pending')
		},
	)

	it.each(['en', 'fr'] as const)(
		'speaks its own language, whatever that of the browser: %s',
		async (locale) => {
			const [form, , script] = await codes(locale)
			pages.set('/join', whole(locale, form + script))
			const page = await open('/join')
			await page.getByRole('button', { name: words[locale].subscribe }).click()
			await page.locator('[aria-invalid]').waitFor()
			const about = await page.getByLabel(words[locale].email).getAttribute('aria-describedby')
			expect(await page.locator(`#${about}`).textContent()).toContain(words[locale].empty)
		},
	)

	it('says that it is under way, in a region that stood there before', async () => {
		await setThanks(null, null)
		const [form, , script] = await codes('fr')
		pages.set('/join', whole('fr', form + script))
		const page = await open('/join')
		let letGo = () => {}
		const held = new Promise<void>((resolve) => {
			letGo = resolve
		})
		await page.route(`${app.url}/newsletters/**`, async (route) => {
			await held
			await route.continue()
		})
		await page.getByLabel(words.fr.email).fill('slow@example.org')
		const region = page.getByRole('status')
		expect(await region.textContent()).toBe('')
		await region.evaluate((element) => element.setAttribute('data-stood', ''))
		await page.getByRole('button', { name: words.fr.subscribe }).click()
		await region.getByText(words.fr.sending).waitFor()
		expect(await region.getAttribute('data-stood')).toBe('')
		letGo()
		await region.getByText(words.fr.check).waitFor()
	})

	it('sends the address that was taken where the script’s own way fails after its question', async () => {
		await setThanks(null, null)
		const [form, , script] = await codes('en')
		pages.set('/join', whole('en', form + script))
		const page = await open('/join')
		await page.getByLabel(words.en.email).fill('broken@gmial.com')
		await page.getByRole('button', { name: words.en.subscribe }).click()
		const use = page.getByRole('button', { name: 'broken@gmail.com' })
		await use.waitFor()
		await page.route(`${app.url}/newsletters/**`, (route) =>
			route.request().resourceType() === 'fetch' ? route.abort() : route.continue(),
		)
		await use.click()
		await page.getByRole('heading', { name: words.en.check }).waitFor()
		expect(await stateOf(app, 'broken@gmail.com')).toBe('pending')
	})

	it('In the frame of Wix it opens its answer in a new tab', async () => {
		await setThanks(null, null)
		const [form, , script] = await codes('en')
		const framed = form.replace('<form', '<form target="_blank"') + script
		const sandbox = 'allow-same-origin allow-forms allow-popups allow-scripts'
		pages.set('/frame', whole('en', framed))
		pages.set('/join', whole('en', `<iframe title="Join" sandbox="${sandbox}" src="/frame"></iframe>`))
		await changeNewsletter(app, 'news', { sites: ['https://elsewhere.example'] }, operator)
		const page = await open('/join')
		const frame = page.frameLocator('iframe')
		await frame.getByLabel(words.en.email).fill('wix@example.org')
		const opened = page.context().waitForEvent('page')
		await frame.getByRole('button', { name: words.en.subscribe }).click()
		await (await opened).getByRole('heading', { name: words.en.check }).waitFor()
		expect(await stateOf(app, 'wix@example.org')).toBe('pending')

		// what is to be corrected is so in that tab
		const again = page.context().waitForEvent('page')
		await frame.getByLabel(words.en.email).fill('nobody')
		await frame.getByRole('button', { name: words.en.subscribe }).click()
		const tab = await again
		await tab.getByLabel(words.en.email).fill('frame@gmial.com')
		await tab.getByRole('button', { name: words.en.subscribe }).click()
		await tab.getByRole('button', { name: 'frame@gmail.com' }).click()
		await tab.getByRole('heading', { name: words.en.check }).waitFor()
		expect(await stateOf(app, 'frame@gmail.com')).toBe('pending')
		await changeNewsletter(app, 'news', { sites: [origin] }, operator)
	})
})

describe.skipIf(!chromiumPath)('a form on a site that is not listed', () => {
	it('works by Envoi’s page, also with the script, and signs up once', async () => {
		await changeNewsletter(app, 'news', { sites: ['https://elsewhere.example'] }, operator)
		const [form, , script] = await readCodes(app, 'en')
		pages.set('/join', whole('en', form + script))
		const page = await open('/join')
		const posts: string[] = []
		page.on('request', (request) => {
			if (request.method() === 'POST') posts.push(request.resourceType())
		})
		await page.getByLabel(words.en.email).fill('unlisted@example.org')
		await page.getByRole('button', { name: words.en.subscribe }).click()
		await page.getByRole('heading', { name: words.en.check }).waitFor()
		expect(page.url()).toContain(app.url)
		const { id } = await subscriptionOf(app, 'unlisted@example.org')
		expect(await receiptsOf(app, id)).toMatchObject([{ action: 'requested' }])
		expect(posts.at(-1)).toBe('document')
		await changeNewsletter(app, 'news', { sites: [origin] }, operator)
	})
})

describe.skipIf(!chromiumPath)('a form of another site while a challenge is asked for', () => {
	let guarded: TestApp
	beforeAll(async () => {
		guarded = await startTestApp({ workers: false, config: { signupChallenge: 'always' } })
		await makeNewsletter(guarded, { slug: 'news', sites: [origin] })
	})
	afterAll(() => guarded?.close())

	it.each([
		['solves it in place with the script', true, true],
		['solves it on Envoi’s page without our script', false, true],
		['works without any script', false, false],
	])('%s', async (_what, embedded, scripts) => {
		const [form, , script] = await readCodes(guarded, 'en')
		pages.set('/join', whole('en', `${form}${embedded ? script : ''}`))
		const page = await open('/join', { scripts })
		const address = `task-${embedded}-${scripts}@example.org`
		await page.getByLabel(words.en.email).fill(address)
		await page.getByRole('button', { name: words.en.subscribe }).click()
		if (!scripts) await page.getByRole('button', { name: words.en.subscribe }).click()
		await page.getByText(words.en.check).first().waitFor()
		expect(page.url().startsWith(origin)).toBe(embedded)
		expect(await stateOf(guarded, address)).toBe('pending')
	})
})
