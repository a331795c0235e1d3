import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

// the headless shell is Chromium without windows of its own: a third less work
const places = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map(
	(name) => `/usr/bin/${name}`,
)

/** Where Chromium is on this machine; without it the tests that need a browser are left out, and it is said. */
export const chromiumPath = places.find((path) => existsSync(path))
if (!chromiumPath) console.warn('Left out: the browser tests, for lack of Chromium.')

let shared: Promise<Browser> | undefined

/** The one browser of this process, for all files that it runs: pages are apart in contexts. It ends with the process. */
export function openBrowser(): Promise<Browser> {
	shared ??= chromium.launch({
		executablePath: chromiumPath,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--in-process-gpu',
			// each page is there for half a second: to compile axe and its scripts well costs more than it gives
			'--js-flags=--no-opt --no-maglev --min-semi-space-size=16',
			'--disable-quic',
		],
	})
	return shared
}

/** Closes all that a file has opened in it. */
export async function closePages(): Promise<void> {
	const browser = await shared
	await Promise.all((browser?.contexts() ?? []).map((context) => context.close()))
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
// all that the scheme can change
const looks = { light: standards, dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }

/** Looks at a page as WCAG 2.2 AA does, in the light and in the dark, and for anything that is cut off. */
export async function expectAccessible(page: Page): Promise<void> {
	// a link that was followed leads to a page whose stylesheet may still be on its way
	await page.waitForLoadState()
	await page.evaluate(axeSource)
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
		// a mail that is shown in a frame is looked at by itself (mails-in-browser); axe would wait for it a second each time
		const options = { runOnly: looks[colorScheme], resultTypes: ['violations'], iframes: false }
		const run = `axe.run(${JSON.stringify(options)})`
		const found = await page.evaluate(`${run}.then(({ violations }) => violations
			.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')).join(' '))`)
		expect(found, `${page.url()} in the ${colorScheme}`).toBe('')
	}
	await page.emulateMedia({ colorScheme: null, reducedMotion: null })
	await expectNothingCutOff(page)
}

/** WCAG 2.2, 1.4.10: nothing needs scrolling sideways, but for code in a box of its own. */
export async function expectNothingCutOff(page: Page): Promise<void> {
	const tooWide = await page.evaluate(`[...document.body.querySelectorAll('*')]
		.filter((element) => !element.closest('pre, .skip, .trap'))
		.filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
		.map((element) => element.outerHTML.slice(0, 120))`)
	expect(tooWide, page.url()).toEqual([])
	expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
}
