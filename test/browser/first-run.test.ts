import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { firstOwnerLink } from '../../src/staff/index.ts'
import { someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { chromiumPath, closePages, openBrowser } from './open-browser.ts'

const feed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Hands Across</title><language>en</language>
	<item><title>A school kitchen opens</title><link>https://handsacross.example/1</link><guid>1</guid>
	<pubDate>${new Date(Date.now() - 3_600_000).toUTCString()}</pubDate><description>What happened.</description></item>
	</channel></rss>`
const home =
	'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Hello</body></html>'
const logo =
	'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><circle cx="50" cy="50" r="45"/></svg>'

let app: TestApp
let site: Server
let browser: Browser
let host: string
beforeAll(async () => {
	if (!chromiumPath) return
	site = createServer((request, response) => {
		const isFeed = request.url === '/feed.xml'
		response.setHeader('Content-Type', isFeed ? 'application/rss+xml' : 'text/html')
		response.end(isFeed ? feed : home)
	})
	await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
	host = `127.0.0.1:${(site.address() as AddressInfo).port}`
	browser = await openBrowser()
})
afterAll(async () => {
	await closePages()
	site?.close()
})
beforeEach(async () => {
	if (chromiumPath) app = await startTestApp({ config: { feedAllowedHosts: [host] } })
})
afterEach(() => app?.close())

// nothing but the printed link, and then what a page offers: no address is typed but that of the site
describe.skipIf(!chromiumPath).each(someOf([false, true], 1))(
	'a newcomer, with scripts: %s',
	(javaScriptEnabled) => {
		it('comes from the printed link to a test digest in the mail', async () => {
			const context = await browser.newContext({ javaScriptEnabled, locale: 'en' })
			const page = await context.newPage()
			page.setDefaultTimeout(8_000)
			const follow = (name: string | RegExp) => page.getByRole('link', { name }).first().click()
			const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click()

			await page.goto((await firstOwnerLink(app)) ?? '')
			await page.getByLabel('Name', { exact: true }).fill('Amina Diallo')
			await page.getByLabel('Email address').fill('amina@handsacross.example')
			await page.getByLabel('New password').fill('four words nobody puts together')
			await page.locator('main button').click()

			await follow('A new newsletter')
			await page.getByLabel('Name in English').fill('Hands Across')
			await page.getByLabel('Address it comes from').fill('news@handsacross.example')
			await page.getByLabel('Postal address').fill('12 Harbour Street')
			await page.getByLabel('How to reach you').fill('hello@handsacross.example')
			await press('Make this newsletter')

			await page.getByText('Step 2 of 6').waitFor()
			await page.getByLabel('Address of a site or of a feed').fill(`http://${host}`)
			await page.getByRole('button', { name: 'Look', exact: true }).click()
			await page.getByText('A school kitchen opens').waitFor()
			await press('Add this source')
			await app.drain()

			await follow('Next: Colour and logo')
			const file = { name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(logo) }
			await page.getByLabel('Logo', { exact: true }).setInputFiles(file)
			if (!javaScriptEnabled) await press('Show it')
			await page.frameLocator('iframe').locator('img[src^="data:"]').waitFor()
			await press('Save')
			await page.getByText('Saved.').waitFor()

			await follow('Next: How mail leaves')
			await page.getByText('Mail is captured: nothing leaves this machine').waitFor()
			await follow('Next: First test digest')
			await press('Prepare this digest')
			await page.getByRole('link', { name: 'Preview' }).first().click()
			await press('Send the test')
			await expect.poll(() => app.captured?.list().length).toBeGreaterThan(0)
			const [mail] = (await app.captured?.list()) ?? []
			expect(mail?.envelope.to).toBe('amina@handsacross.example')
			expect((await mail?.parse())?.html).toMatch(/src="[^"]+\/logos\/[0-9a-f]{32}\.png"/)

			await follow('Home')
			await page.getByText('4 of 6 done').waitFor()
			await context.close()
		}, 60_000)
	},
)
