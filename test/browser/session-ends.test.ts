import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestApp } from '../support/start-test-app.ts'
import { comeIn } from './come-in.ts'
import { contentOf, startWithOneDraft } from './one-draft.ts'
import { chromiumPath, closePages, openBrowser } from './open-browser.ts'

const password = 'four words nobody puts together'
let app: TestApp
let browser: Browser
let id: number
beforeAll(async () => {
	if (!chromiumPath) return
	browser = await openBrowser()
	;({ app, id } = await startWithOneDraft())
})
afterAll(async () => {
	await closePages()
	await app?.close()
})

const subject = async () => (await contentOf(app, id)).subject.en

/** A draft that is open in a browser whose session then ends, as after weeks or when somebody ends it elsewhere. */
async function openAndEnd(email: string, scripts: boolean): Promise<Page> {
	const context = await browser.newContext({ javaScriptEnabled: scripts })
	const page = await comeIn(app, context, { name: 'Amina', email, role: 'editor' })
	await page.goto(`${app.url}/console/drafts/${id}`)
	await app.db.deleteFrom('staff_sessions').execute()
	return page
}

async function signIn(page: Page, email: string): Promise<void> {
	await page.locator('input[name="email"]').fill(email)
	await page.locator('input[name="password"]').fill(password)
	await page.locator('main button').first().click()
}

describe.skipIf(!chromiumPath)('a session that ends while somebody writes a draft', () => {
	it('With scripts it is said that nothing is saved, and after signing in it is saved by itself', async () => {
		const page = await openAndEnd('with@staff.example', true)
		const answered = page.waitForResponse(/\/texts$/)
		await page.locator('#subject_en').fill('Written too late')
		await page.locator('#subject_en').blur()
		expect((await answered).status()).toBe(401)
		await expect.poll(() => page.locator('[data-saved].stops').count()).toBe(1)
		expect(await subject()).toBeUndefined()
		await page.reload()
		await signIn(page, 'with@staff.example')
		await page.waitForURL(new RegExp(`/console/drafts/${id}$`))
		expect(await page.locator('#subject_en').inputValue()).toBe('Written too late')
		await expect.poll(subject).toBe('Written too late')
	}, 60_000)

	it('Without scripts the page that says so sends the words again, once one has signed in beside it', async () => {
		const page = await openAndEnd('without@staff.example', false)
		await page.locator('#subject_en').fill('Written without scripts')
		await page.getByRole('button', { name: 'Save', exact: true }).click()
		const opened = page.context().waitForEvent('page')
		await page.getByRole('link', { name: 'Sign in, in a new tab' }).click()
		expect(await subject()).toBe('Written too late')
		const beside = await opened
		await signIn(beside, 'without@staff.example')
		await beside.waitForURL(/\/console\/newsletters\//)
		await page.reload()
		await page.waitForURL(new RegExp(`/console/drafts/${id}`))
		expect(await page.locator('#subject_en').inputValue()).toBe('Written without scripts')
		expect(await subject()).toBe('Written without scripts')
	}, 60_000)
})
