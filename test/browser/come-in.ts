import type { Browser, BrowserContext, Page } from 'playwright-core'
import { operator } from '../../src/kernel/actor.ts'
import { addMember, memberInput } from '../../src/staff/index.ts'
import type { TestApp } from '../support/start-test-app.ts'

type Somebody = { name: string; email: string; role: string; locale?: string }

/** Invites somebody to the console, and has them come in by their link. Gives their page, at Home. */
export async function comeIn(app: TestApp, context: BrowserContext, somebody: Somebody): Promise<Page> {
	const { link } = await addMember(app, memberInput.parse(somebody), operator)
	const page = await context.newPage()
	await page.goto(somebody.locale ? `${link}?locale=${somebody.locale}` : link)
	await page.locator('input[name="password"]').fill('four words nobody puts together')
	await page.locator('main button').click()
	await page.waitForURL(/\/console\/newsletters\//)
	return page
}

/** Opens a draft in a browser of its own for an editor of this name. */
export async function openDraftAs(app: TestApp, browser: Browser, id: number, name: string): Promise<Page> {
	const email = `${name.toLowerCase()}@staff.example`
	const page = await comeIn(app, await browser.newContext(), { name, email, role: 'editor' })
	await page.goto(`${app.url}/console/drafts/${id}`)
	return page
}
