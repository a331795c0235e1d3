import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestApp } from '../support/start-test-app.ts'
import { openDraftAs } from './come-in.ts'
import { contentOf, startWithOneDraft } from './one-draft.ts'
import { chromiumPath, closePages, openBrowser } from './open-browser.ts'

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

const openAs = (name: string) => openDraftAs(app, browser, id, name)

/** Writes into a field and leaves it, which saves; gives the answer. */
async function write(page: Page, field: string, text: string): Promise<number> {
	const answered = page.waitForResponse(/\/texts$/)
	await page.locator(`#${field}`).fill(text)
	await page.locator(`#${field}`).blur()
	return (await answered).status()
}

describe.skipIf(!chromiumPath)('two people at one draft', () => {
	it('get each other’s words, and overwrite nothing, also where the page is read anew', async () => {
		const [amina, paul] = [await openAs('Amina'), await openAs('Paul')]
		expect(await write(amina, 'subject_en', 'Hers')).toBe(200)
		expect(await write(paul, 'introduction_en', 'Dear friends,\n\nall is well')).toBe(200)
		await expect.poll(() => paul.locator('#subject_en').inputValue()).toBe('Hers')
		expect(await write(paul, 'introduction_en', 'Dear readers')).toBe(200)
		expect(await contentOf(app, id)).toMatchObject({
			subject: { en: 'Hers' },
			introduction: { en: 'Dear readers' },
		})

		// now both change the same: his is refused, kept in his browser, and not forced in by reading the page again
		expect(await write(amina, 'subject_en', 'Hers, again')).toBe(200)
		expect(await write(paul, 'subject_en', 'His')).toBe(409)
		const tried = paul.waitForResponse(/\/texts$/)
		await paul.reload()
		expect((await tried).status()).toBe(409)
		expect(await paul.locator('#subject_en').inputValue()).toBe('His')
		expect((await contentOf(app, id)).subject.en).toBe('Hers, again')
		await paul.getByRole('button', { name: 'Save', exact: true }).click()
		await paul.locator('.conflicts').getByText('Hers, again').waitFor()
		expect((await contentOf(app, id)).subject.en).toBe('Hers, again')
		await paul.getByRole('button', { name: 'Save', exact: true }).click()
		await paul.locator('.conflicts').waitFor({ state: 'detached' })
		expect((await contentOf(app, id)).subject.en).toBe('His')
	}, 60_000)
})
