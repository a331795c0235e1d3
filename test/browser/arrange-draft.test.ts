import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getDraft, openDraft, openLetter } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { inTurn } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { openDraftAs } from './come-in.ts'
import { chromiumPath, closePages, expectAccessible, openBrowser } from './open-browser.ts'

let app: TestApp
let browser: Browser
let id: number
let ids: number[]
let newsletterId: number
beforeAll(async () => {
	if (!chromiumPath) return
	browser = await openBrowser()
	app = await startTestApp({ workers: false })
	const newsletter = await makeNewsletter(app)
	newsletterId = newsletter.id
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	for (const [index, title] of ['First', 'Second', 'Third', 'Fourth'].entries())
		await makeStory(app, newsletter.id, { title, hoursAgo: index + 1 })
	const draft = await openDraft(app, newsletter.id, { actor: operator })
	id = draft.id
	ids = [...draft.content.storyIds]
})
afterAll(async () => {
	await closePages()
	await app?.close()
})

const openAs = (name: string) => openDraftAs(app, browser, id, name)

const orderOf = async () => (await getDraft(app, id)).content.storyIds.map((each) => ids.indexOf(each) + 1)
const said = (page: Page) => page.locator('[data-live]').textContent()
const rowOf = (page: Page, story: number) => page.locator(`#story-${ids[story - 1]}`)
const focusedRow = (page: Page) => page.evaluate('document.activeElement.closest("li")?.id')

describe.skipIf(!chromiumPath)('with scripts', () => {
	it('stories are moved by arrows, by Alt and an arrow, and by dragging; the focus stays and the place is said', async () => {
		const page = await openAs('Amina')
		await page.evaluate('window.stays = true')
		await page.locator('#introduction_en').fill('Not saved yet')
		await rowOf(page, 3).locator('button[value="up"]').click()
		await expect.poll(() => said(page)).toBe('Now 2 of 4')
		expect(await orderOf()).toEqual([1, 3, 2, 4])
		expect(await page.evaluate('document.activeElement.value')).toBe('up')
		await page.keyboard.press('Alt+ArrowUp')
		await expect.poll(() => said(page)).toBe('Now 1 of 4')
		expect(await focusedRow(page)).toBe(`story-${ids[2]}`)
		// the line that follows from the first story has come along, and what was typed stays
		await expect.poll(() => page.locator('#subject_en').inputValue()).toContain('Third')
		expect(await page.locator('#introduction_en').inputValue()).toBe('Not saved yet')

		const grip = rowOf(page, 4).locator('.grip')
		await grip.scrollIntoViewIfNeeded()
		const from = await grip.boundingBox()
		const to = await rowOf(page, 1).boundingBox()
		if (!from || !to) throw new Error('nothing to drag')
		await page.mouse.move(from.x + 8, from.y + 8)
		await page.mouse.down()
		await page.mouse.move(from.x + 8, to.y + to.height - 10, { steps: 6 })
		await page.mouse.move(from.x + 8, to.y + 6, { steps: 6 })
		await page.mouse.up()
		await expect.poll(() => said(page)).toBe('Now 2 of 4')
		expect(await orderOf()).toEqual([3, 4, 1, 2])
		expect(await focusedRow(page)).toBe(`story-${ids[3]}`)
		await expect.poll(async () => (await getDraft(app, id)).content.introduction.en).toBe('Not saved yet')
		expect(await page.evaluate('window.stays')).toBe(true)
		await expectAccessible(page)
		await page.context().close()
	})

	it('the introduction is marked by buttons, and saved as if it had been typed', async () => {
		const page = await openAs('Paul')
		const area = page.locator('#introduction_en')
		await area.fill('one two')
		const press = (name: string) => page.locator('.toolbar').first().getByRole('button', { name }).click()
		const select = (from: number, to: number) =>
			area.evaluate(
				(field, [a, b]) =>
					(field as never as { setSelectionRange(a: number, b: number): void }).setSelectionRange(a, b),
				[from, to] as const,
			)
		await select(0, 3)
		await press('Bold')
		expect(await area.inputValue()).toBe('**one** two')
		await press('Italic')
		expect(await area.inputValue()).toBe('***one*** two')
		await press('Italic')
		await press('Bold')
		expect(await area.inputValue()).toBe('one two')
		await select(4, 7)
		await press('Link')
		await page.keyboard.type('https://charity.example')
		expect(await area.inputValue()).toBe('one [two](https://charity.example)')
		await press('List')
		await area.press('Control+z')
		await press('List')
		const marked = '- one [two](https://charity.example)'
		expect(await area.inputValue()).toBe(marked)
		await expect.poll(async () => (await getDraft(app, id)).content.introduction.en).toBe(marked)
		await page.context().close()
	})

	it('what was just saved can be undone, and redone, without reading the page again', async () => {
		const { id: letter } = await openLetter(app, newsletterId, operator)
		const page = await openAs('Moussa')
		await page.goto(`${app.url}/console/drafts/${letter}`)
		const button = (name: string) => page.locator(`[data-history] form[action$="/${name}"] button`)
		const isLocked = (name: string) => button(name).getAttribute('aria-disabled')
		const write = async (text: string) => {
			await page.locator('#introduction_en').fill(text)
			await page.locator('#introduction_en').blur()
		}
		expect(await isLocked('undo')).toBe('true')
		await write('Dear friends')
		await expect.poll(() => isLocked('undo')).toBe(null)
		expect(await isLocked('redo')).toBe('true')
		await button('undo').click()
		await expect.poll(() => isLocked('redo')).toBe(null)
		expect(await page.locator('#introduction_en').inputValue()).toBe('')
		expect(await isLocked('undo')).toBe('true')
		// nothing that was undone can come back once something else is written
		await write('Dear readers')
		await expect.poll(() => isLocked('redo')).toBe('true')
		expect(await isLocked('undo')).toBe(null)
		await page.context().close()
	})

	it('a phone shows one language at a time, keeps to it after a step, and sends both', async () => {
		const page = await openAs('Rokia')
		await page.setViewportSize({ width: 320, height: 900 })
		const isShown = (field: string) => page.locator(`#${field}`).isVisible()
		expect([await isShown('subject_en'), await isShown('subject_fr')]).toEqual([true, false])
		await page.locator('#subject_en').fill('Good day')
		await page.locator('#tab-0').focus()
		await page.keyboard.press('ArrowRight')
		expect([await isShown('subject_en'), await isShown('subject_fr')]).toEqual([false, true])
		expect(await page.locator('.language-tabs label').nth(1).textContent()).toContain('4 stories missing')
		await page.locator('#subject_fr').fill('Bonjour')
		await page.locator('button[value="preview"]').click()
		await page.waitForURL(/preview/)
		expect((await getDraft(app, id)).content.subject).toEqual({ en: 'Good day', fr: 'Bonjour' })
		await page.goto(`${app.url}/console/drafts/${id}`)
		expect([await isShown('subject_en'), await isShown('subject_fr')]).toEqual([false, true])
		await expectAccessible(page)
		await page.setViewportSize({ width: 1280, height: 900 })
		expect([await isShown('subject_en'), await isShown('subject_fr')]).toEqual([true, true])
		// a mistake must not be out of sight
		await page.setViewportSize({ width: 320, height: 900 })
		await page.locator('#subject_fr').fill('x'.repeat(2_000))
		await page.locator('button:text-is("Save")').click()
		await page.locator('#subject_fr-mistake').waitFor()
		expect([await isShown('subject_en'), await isShown('subject_fr')]).toEqual([true, true])
		expect(await page.locator('.language-tabs').count()).toBe(0)
		await page.context().close()
	})

	it('the pages beside a draft are for everybody, on a phone and a desk', async () => {
		const page = await openAs('Fatou')
		const { versionId } = await getDraft(app, id)
		const letter = await openLetter(app, newsletterId, operator)
		const paths = [`${id}?edit=new`, letter.id, `${id}/earlier`, `${id}/versions?version=${versionId}`]
		for (const [turn, width] of [320, 1280].entries()) {
			await page.setViewportSize({ width, height: 900 })
			for (const path of inTurn(paths, turn)) {
				await page.goto(`${app.url}/console/drafts/${path}`)
				await expectAccessible(page)
			}
		}
		await page.context().close()
	})

	it('each sees that the other has the draft open, and no longer a minute after', async () => {
		const page = await openAs('Luc')
		const other = await openAs('Zoé')
		await expect.poll(() => other.locator('.here').textContent()).toContain('Luc')
		await page.reload()
		await expect.poll(() => page.locator('.here').textContent()).toMatch(/Zoé.* this draft open, too\./)
		await other.context().close()
		app.clock.advance({ seconds: 61 })
		await page.reload()
		await expect.poll(() => page.locator('.here').isVisible()).toBe(false)
		await page.context().close()
	})
})
