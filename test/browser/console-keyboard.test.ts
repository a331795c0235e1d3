import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { addMember, memberInput } from '../../src/staff/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { chromiumPath, closePages, expectNothingCutOff, openBrowser } from './open-browser.ts'

const password = 'four words nobody puts together'
const email = 'amina@handsacross.example'

describe.skipIf(!chromiumPath)('staff without a mouse', () => {
	let app: TestApp
	let browser: Browser
	let slug: string
	beforeAll(async () => {
		app = await startTestApp()
		const newsletter = await makeNewsletter(app, { texts: { en: { name: 'Hands Across' } } })
		slug = newsletter.slug
		for (const title of ['The kitchen opens', 'Who repairs the well', 'Night school'])
			await makeStory(app, newsletter.id, { title })
		for (const name of ['ali', 'bea']) {
			await makeReader(app, newsletter.id, { address: `${name}@readers.example`, locale: 'en' })
		}
		browser = await openBrowser()
	}, 60_000)
	afterAll(async () => {
		await closePages()
		await app?.close()
	})

	const focused = (page: Page) =>
		page.evaluate<{ text: string; seen: boolean; ring: boolean }>(`(() => {
			const element = document.activeElement
			// past the last stop the window itself has the focus
			if (element === document.body) return { text: '', seen: true, ring: true }
			const box = element.getBoundingClientRect()
			const ringed = (each) => parseFloat(getComputedStyle(each).outlineWidth) >= 2 && getComputedStyle(each).outlineStyle !== 'none'
			return {
				text: element.getAttribute('aria-label') || element.textContent.trim().replace(/\\s+/g, ' ') || element.id,
				seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
				ring: ringed(element) || [...(element.labels ?? [])].some(ringed),
			}
		})()`)

	/** Tabs to what has this text, and sees on the way that each stop is in view and shows that it is the one. */
	async function tabTo(page: Page, text: string | RegExp): Promise<void> {
		const passed: string[] = []
		for (let presses = 0; presses < 90; presses++) {
			await page.keyboard.press('Tab')
			const now = await focused(page)
			if (now.text === '') continue
			expect(now, `while looking for ${text} on ${page.url()}`).toMatchObject({ seen: true, ring: true })
			if (typeof text === 'string' ? now.text === text : text.test(now.text)) return
			passed.push(now.text.slice(0, 30))
		}
		throw new Error(`Tab does not lead to ${text}, but to ${passed.join(' | ')}`)
	}

	it('signs in, moves a story, checks and sends, and takes it back', async () => {
		const member = { name: 'Amina Diallo', email, role: 'owner', locale: 'en' }
		const { link } = await addMember(app, memberInput.parse(member), operator)
		const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
		await page.goto(link)
		await tabTo(page, 'password')
		await page.keyboard.type(password)
		await page.keyboard.press('Enter')
		await page.waitForURL(/\/console\/newsletters\//)

		await tabTo(page, 'Prepare this digest')
		await page.keyboard.press('Enter')
		await page.waitForURL(/\/console\/drafts\/\d+/)
		const titles = () => page.locator('main h3').allTextContents()
		const before = (await titles()).map((title) => title.trim())
		await tabTo(page, /^Move .*down|later/i)
		await page.keyboard.press('Enter')
		await expect.poll(async () => (await titles())[0]?.trim()).not.toBe(before[0])

		await tabTo(page, /Check and send$/)
		await page.keyboard.press('Enter')
		await page.waitForURL(/\/check/)
		const asked = page.getByRole('button', { name: 'Send it anyway' })
		while ((await asked.count()) > 0) {
			const left = await asked.count()
			await tabTo(page, 'Send it anyway')
			await page.keyboard.press('Enter')
			await expect.poll(() => asked.count()).toBe(left - 1)
		}
		await tabTo(page, 'Send to 2 readers')
		await page.keyboard.press('Enter')
		await page.getByText('Undo, nothing has left').waitFor()
		await tabTo(page, 'Undo, nothing has left')
		await page.keyboard.press('Enter')
		await page.getByRole('button', { name: 'Send to 2 readers' }).waitFor()
		await page.close()
	}, 90_000)

	it('finds nothing cut off at 200 %', async () => {
		// what a window of 1280 by 800 has left
		const page = await browser.newPage({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 })
		await page.goto(`${app.url}/console/sign-in`)
		await page.locator('#email').fill(email)
		await page.locator('#password').fill(password)
		await page.locator('main form button').click()
		await page.waitForURL(/\/console\/newsletters\//)
		const { id } = await app.db.selectFrom('digest_drafts').select('id').executeTakeFirstOrThrow()
		const own = [
			'',
			'/digests',
			'/readers',
			'/sources',
			'/settings',
			'/look',
			'/sender',
			'/schedule',
			'/topics',
		]
		const paths = [
			...own.map((path) => `/console/newsletters/${slug}${path}`),
			...['', '/preview', '/check'].map((path) => `/console/drafts/${id}${path}`),
			...['account', 'people', 'keys', 'retention', 'audit', 'help'].map((name) => `/console/${name}`),
		]
		for (const path of paths) {
			await page.goto(app.url + path)
			await expectNothingCutOff(page)
		}
		await page.close()
	}, 90_000)
})
