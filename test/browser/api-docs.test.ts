import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import {
	chromiumPath,
	closePages,
	expectAccessible,
	expectNothingCutOff,
	openBrowser,
} from './open-browser.ts'

describe.skipIf(!chromiumPath)('the readable API document', () => {
	let app: TestApp
	let browser: Browser
	beforeAll(async () => {
		browser = await openBrowser()
		app = await startTestApp({ workers: false })
	})
	afterAll(async () => {
		await closePages()
		await app?.close()
	})

	const combinations = [
		['en', 320],
		['fr', 1280],
	] as const

	it.each(someOf(combinations, 1))(
		'can be read by everybody in %s at %i px',
		async (locale, width) => {
			const viewport = { width, height: 900 }
			const context = await browser.newContext({ locale, viewport, bypassCSP: true })
			const page = await context.newPage()
			await page.goto(`${app.url}/api/docs`)
			const pageHeight = await page.evaluate('document.documentElement.scrollHeight')
			// folded: a line or two for each part
			const parts = Number(await page.evaluate("document.querySelectorAll('details').length"))
			expect(Number(pageHeight) / parts).toBeLessThan(width < 500 ? 180 : 130)
			await expectNothingCutOff(page)
			// each operation has the same parts, and all together are a very long page: one in ten is open, or all
			await page.evaluate(`document.querySelectorAll('details').forEach((details, place) => {
				details.open = ${Boolean(process.env.EVERYTHING)} || place % 10 === 0
			})`)
			await expectNothingCutOff(page)
			if (width > 500) {
				await page.evaluate(
					"document.querySelectorAll('details').forEach((details) => { details.open = false })",
				)
			}
			await expectAccessible(page)
			await context.close()
		},
		90_000,
	)
})
