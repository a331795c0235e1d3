import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { linkTranslations } from '../../src/stories/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { comeIn } from './come-in.ts'
import { chromiumPath, closePages, expectAccessible, openBrowser } from './open-browser.ts'

const pictures = process.env.CONSOLE_PICTURES
const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="750"><rect width="1200" height="750" fill="#fbead9"/>
	<rect y="540" width="1200" height="210" fill="#b97a57"/><rect x="80" y="380" width="280" height="250" rx="40" fill="#365072"/>
	<rect x="460" y="380" width="280" height="250" rx="40" fill="#705c80"/><rect x="840" y="380" width="280" height="250" rx="40" fill="#b86478"/></svg>`
const payload = '"><img src=x onerror="document.title=1"><script>document.title=1</script>'

const digests = [
	['Who teaches the teachers', 'Qui forme les enseignants', 'A bridge, and the meeting before it'],
	[
		'A granary with a waiting list',
		'Un grenier avec une liste d’attente',
		'The accountant who learnt to fish',
	],
	['The bus that waits for the midwife', 'Le car qui attend la sage-femme', 'Forty desks and one carpenter'],
	[payload, `${payload} fr`, 'What a cooperative owes its bees'],
	[
		'A school kitchen opens, and attendance doubles',
		'Une cantine ouvre, et la fréquentation double',
		'Who repairs the well? A water committee answers',
	],
] as const

describe.skipIf(!chromiumPath)('the archive in a browser', () => {
	let app: TestApp
	let browser: Browser
	let newsletter: Newsletter
	beforeAll(async () => {
		browser = await openBrowser()
		app = await startTestApp()
		newsletter = await makeNewsletter(app, {
			texts: {
				en: {
					name: 'Hands Across',
					description: 'Stories from people who work together across borders, once a week.',
				},
				fr: {
					name: 'Mains tendues',
					description: 'Des récits de gens qui travaillent ensemble par-delà les frontières.',
				},
			},
			colour: '#0f5c5c',
		})
		await makeReader(app, newsletter.id, { address: 'awa@example.net' })
		await makeReader(app, newsletter.id, { address: 'eve@example.net', locale: 'fr' })
		for (const each of digests) await sendDigest(each)
		if (pictures) mkdirSync(pictures, { recursive: true })
	})
	afterAll(async () => {
		await app?.close()
		await closePages()
	})

	async function sendDigest([en, fr, other]: readonly [string, string, string]): Promise<void> {
		const summary =
			'The first meal was rice, beans and far too much ginger.\n\nThree weeks later two hundred children come to class.'
		const storyIds = [
			await makeStory(app, newsletter.id, { title: en, summary }),
			await makeStory(app, newsletter.id, { title: fr, summary: 'Le premier repas : du riz.', locale: 'fr' }),
		]
		await linkTranslations(app, { storyIds }, operator)
		await app.db
			.updateTable('stories')
			.set({ image_url: 'https://pictures.example/pots.svg', image_alt: 'Three pots' })
			.where('id', 'in', storyIds)
			.execute()
		await makeStory(app, newsletter.id, { title: other, hoursAgo: 3 })
		await makeStory(app, newsletter.id, { title: 'A seed bank feeds three valleys', hoursAgo: 4 })
		await triggerDigest(app, newsletter.id, {
			by: operator,
			introduction: {
				en: 'This week: **pots**, and [a well](https://charity.example).',
				fr: 'Cette semaine : des marmites.',
			},
		})
		await app.drain()
	}

	async function open(width: number): Promise<Page> {
		const context = await browser.newContext({ javaScriptEnabled: true, viewport: { width, height: 900 } })
		const page = await context.newPage()
		await page.route('https://pictures.example/**', (route) =>
			route.fulfill({ contentType: 'image/svg+xml', body: drawn }),
		)
		return page
	}

	async function look(page: Page, name: string): Promise<void> {
		if (pictures) {
			for (const colorScheme of ['light', 'dark'] as const) {
				await page.emulateMedia({ colorScheme })
				await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true })
			}
		}
		await expectAccessible(page)
		expect(await page.title()).not.toBe('1')
	}

	const combinations = [
		['en', 1280],
		['fr', 320],
		['en', 320],
		['fr', 1280],
	] as const

	it.each(someOf(combinations, 1))(
		'leads from the newsletter to a digest, its neighbour and all of them (%s, %d px)',
		async (locale, width) => {
			const page = await open(width)
			const name = `archive-${locale}-${width}`
			await page.goto(`${app.url}/newsletters/${newsletter.slug}/${locale}`)
			await look(page, `${name}-front`)
			const [en, fr] = digests[4]
			const title = locale === 'en' ? en : fr
			await page.getByRole('link', { name: title }).click()
			expect(await page.locator('h1').innerText()).toBe(title)
			await look(page, `${name}-page`)
			await page.locator('a[rel=prev]').click()
			expect(await page.locator('h1').innerText()).toContain('<script>document.title=1</script>')
			await look(page, `${name}-markup`)
			await page
				.getByRole('link', { name: locale === 'en' ? 'All past digests' : 'Tous les numéros passés' })
				.click()
			expect(await page.locator('.past li').count()).toBe(5)
			await look(page, `${name}-list`)
			await page.getByRole('link', { name: locale === 'en' ? 'Subscribe to' : 'S’abonner à' }).click()
			expect(await page.locator('form [type=email]').count()).toBe(1)
			await page.context().close()
		},
	)

	const places = [
		['fr', 320],
		['en', 1280],
	] as const

	it.each(someOf(places, 1))('is mended from the report of a digest (%s, %d px)', async (locale, width) => {
		const context = await browser.newContext({ viewport: { width, height: 900 } })
		const somebody = { name: 'Amina', email: `amina-${locale}@charity.example`, role: 'owner', locale }
		const page = await comeIn(app, context, somebody)
		const digest = await app.db
			.selectFrom('archive_pages')
			.select('digest_id as id')
			.where('title', '=', payload)
			.executeTakeFirstOrThrow()
		await page.goto(`${app.url}/console/digests/${digest.id}`)
		// the table of the last twelve scrolls by itself
		await page.evaluate('document.querySelector(".scrolls").remove()')
		await look(page, `archive-console-${locale}-${width}-report`)
		await page.goto(`${app.url}/console/digests/${digest.id}/archive/en`)
		expect(await page.locator('#title').inputValue()).toBe(payload)
		await look(page, `archive-console-${locale}-${width}-mend`)
		await page.goto(`${app.url}/console/newsletters/${newsletter.slug}/settings`)
		await look(page, `archive-console-${locale}-${width}-settings`)
		await page.context().close()
	})

	it('needs no script', async () => {
		const context = await browser.newContext({ javaScriptEnabled: false })
		const page = await context.newPage()
		await page.goto(`${app.url}/newsletters/${newsletter.slug}/en`)
		await page.locator('.past a').first().click()
		await page.getByRole('link', { name: 'Français' }).click()
		expect(await page.locator('html').getAttribute('lang')).toBe('fr')
		await context.close()
	})
})
