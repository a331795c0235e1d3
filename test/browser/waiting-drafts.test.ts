import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
	findCurrentDraft,
	holdDraft,
	letDraftGo,
	runSchedule,
	syncSchedules,
} from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { signInAs } from '../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { inTurn } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { chromiumPath, closePages, expectAccessible, openBrowser } from './open-browser.ts'

const pictures = process.env.CONSOLE_PICTURES

describe.skipIf(!chromiumPath)('the pages of a draft that the schedule made', () => {
	let app: TestApp
	let browser: Browser
	let page: Page
	let slug: string
	let draftId: number
	beforeAll(async () => {
		if (pictures) mkdirSync(pictures, { recursive: true })
		browser = await openBrowser()
		app = await startTestApp({ workers: false })
		app.clock.set(new Date('2026-11-24T12:00:00Z'))
		const schedule = { cron: '0 7 * * 4', timeZone: 'America/Montreal', draftFirst: { sendAt: '09:00' } }
		const texts = { en: { name: 'Hands Across' }, fr: { name: 'Mains tendues' } }
		const newsletter = await makeNewsletter(app, { texts, schedule, colour: '#0f5c5c' })
		slug = newsletter.slug
		await makeStory(app, newsletter.id, {
			title: 'A school kitchen opens, and attendance doubles',
			hoursAgo: 20,
		})
		await makeStory(app, newsletter.id, { title: 'Qui répare le puits ?', locale: 'fr', hoursAgo: 30 })
		for (const locale of ['en', 'fr'])
			await makeReader(app, newsletter.id, { address: `awa-${locale}@example.net`, locale })
		await syncSchedules(app)
		app.clock.set(new Date('2026-11-26T12:00:00Z'))
		await runSchedule(app, newsletter.id)
		draftId = (await findCurrentDraft(app.db, { newsletterId: newsletter.id, kind: 'each' }))?.id ?? 0
		const owner = await signInAs(app, 'owner')
		const context = await browser.newContext({ reducedMotion: 'reduce' })
		const cookies = owner
			.cookies()
			.split('; ')
			.map((cookie) => {
				const at = cookie.indexOf('=')
				return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url: app.url }
			})
		await context.addCookies(cookies)
		page = await context.newPage()
	})
	afterAll(async () => {
		await closePages()
		await app?.close()
	})

	async function look(name: string, path: string, turn: number): Promise<void> {
		for (const width of inTurn([320, 1280], turn)) {
			await page.setViewportSize({ width, height: 900 })
			await page.goto(`${app.url}${path}`)
			await expectAccessible(page)
			if (!pictures) continue
			for (const colorScheme of ['light', 'dark'] as const) {
				await page.emulateMedia({ colorScheme })
				await page.screenshot({ path: `${pictures}/${name}-${width}-${colorScheme}.png`, fullPage: true })
			}
		}
	}

	it.each([
		['en', 0],
		['fr', 1],
	] as const)(
		'can be read by everybody, going out and held: %s',
		async (locale, turn) => {
			const home = `/console/newsletters/${slug}`
			await page.goto(`${app.url}/console/account`)
			await page.request.post(`${app.url}/console/account/language`, {
				form: { locale },
				headers: { 'Sec-Fetch-Site': 'same-origin' },
			})
			await page.goto(`${app.url}${home}`)
			expect(await page.locator('html').getAttribute('lang')).toBe(locale)
			await look(`waiting-home-${locale}`, home, turn)
			await look(`waiting-hold-${locale}`, `/console/drafts/${draftId}/hold`, turn)
			await holdDraft(app, draftId, operator)
			await look(`waiting-held-${locale}`, home, turn)
			await letDraftGo(app, draftId, operator)
		},
		120_000,
	)
})
