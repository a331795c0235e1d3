import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRenderMail } from '../../src/mail/render-mail.ts'
import { chromiumPath, closePages, openBrowser } from '../browser/open-browser.ts'
import { inTurn } from '../support/some-of.ts'
import { sampleDigest, sampleMails, sampleNewsletter } from './sample-mails.ts'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
// a mail has no page around it: landmarks are the mail client's
const rules = Object.fromEntries(['region', 'landmark-one-main'].map((rule) => [rule, { enabled: false }]))
const picture =
	'<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="900"><rect width="1600" height="900" fill="#79a"/></svg>'

describe.skipIf(!chromiumPath)('the mails in a browser', () => {
	const render = createRenderMail()
	let browser: Browser
	let page: Page

	beforeAll(async () => {
		browser = await openBrowser()
		page = await browser.newPage()
		await page.route(/^https?:/, (route) => route.fulfill({ contentType: 'image/svg+xml', body: picture }))
	})
	afterAll(() => closePages())

	const mails = (['en', 'fr'] as const).flatMap((locale) => [
		...Object.entries(sampleMails(locale)).map(([name, data]) => ({ name, locale, as: name, data })),
		...['#ffe45c', '#0a0a23'].map((colour) => ({
			name: 'digest',
			locale,
			as: `digest in ${colour}`,
			data: sampleDigest(locale, { newsletter: sampleNewsletter(locale, { colour }) }),
		})),
	])
	// what the other rules look at is the same in every width and scheme
	const contrast = { type: 'rule', values: ['color-contrast', 'link-in-text-block', 'target-size'] }
	const all = { type: 'tag', values: wcag }
	const views = [
		{ width: 320, scheme: 'light', runOnly: all },
		{ width: 1280, scheme: 'light', runOnly: all },
		{ width: 640, scheme: 'light', runOnly: contrast },
		{ width: 640, scheme: 'dark', runOnly: contrast },
		{ width: 320, scheme: 'dark', runOnly: contrast },
		{ width: 1280, scheme: 'dark', runOnly: contrast },
	] as const

	test.each(mails)(
		'1.8: $as in $locale has nothing for axe to find, light and dark, and fits 320 px',
		async (mail) => {
			const { html } = await render(mail.name as 'digest', mail.locale, mail.data as never)
			await page.setContent(html)
			// the window stays the same from mail to mail
			if (!(await page.evaluate('"axe" in window'))) await page.addScriptTag({ path: axePath })
			const turn = mail.locale === 'en' ? 0 : 1
			for (const { width, scheme, runOnly } of inTurn(views, turn, 3)) {
				await page.setViewportSize({ width, height: 800 })
				await page.emulateMedia({ colorScheme: scheme })
				const found = await page.evaluate(
					({ runOnly, rules }) =>
						(globalThis as unknown as AxeWindow).axe.run({
							runOnly,
							resultTypes: ['violations'],
							...(runOnly.type === 'tag' && { rules }),
						}),
					{ runOnly, rules },
				)
				const problems = found.violations.flatMap(({ id, nodes }) =>
					nodes.map(({ html: node }) => `${id}: ${node}`),
				)
				expect({ width, scheme, problems }).toEqual({ width, scheme, problems: [] })
				expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
			}
		},
	)

	test('1.8 (WCAG 1.4.3): dark mode repaints every surface but the masthead', async () => {
		await page.emulateMedia({ colorScheme: 'dark' })
		await page.setContent((await render('confirm', 'en', sampleMails('en').confirm)).html)
		const colours = await page.evaluate(
			`[...document.querySelectorAll('.page > div, .sheet, .sheet > table, .button a')].map((each) => getComputedStyle(each).backgroundColor)`,
		)
		expect(colours).toEqual([
			'rgb(19, 20, 23)',
			'rgb(30, 32, 36)',
			'rgb(30, 32, 36)',
			expect.not.stringContaining('rgb(11, 110, 99)'),
		])
	})
})

type AxeWindow = {
	axe: {
		run(options: object): Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string }> }> }>
	}
}
