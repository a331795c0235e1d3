import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconcileDrafts } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { changeNewsletter } from '../../src/newsletters/index.ts'
import { someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { comeIn } from './come-in.ts'
import { fillNewsletter, leaveFrom } from './fill-newsletter.ts'
import { chromiumPath, closePages, expectAccessible, openBrowser } from './open-browser.ts'

const words = {
	en: {
		prepare: 'Prepare this digest',
		save: 'Save',
		preview: 'Preview',
		check: 'Check and send',
		anyway: 'Send it anyway',
		send: /^Send to 4 readers$/,
		undo: 'Undo, nothing has left',
		report: 'of 4 mails were accepted',
		left: 'One person left.',
	},
	fr: {
		prepare: 'Préparer cet envoi',
		save: 'Enregistrer',
		preview: 'Aperçu',
		check: 'Vérifier et envoyer',
		anyway: 'Envoyer quand même',
		send: /^Envoyer à 4 lecteurs$/,
		undo: 'Annuler, rien n’est parti',
		report: 'courriels sur 4 ont été acceptés',
		left: 'Une personne est partie.',
	},
} as const

const pictures = process.env.CONSOLE_PICTURES
let browser: Browser
beforeAll(async () => {
	if (chromiumPath) browser = await openBrowser()
	if (pictures) mkdirSync(pictures, { recursive: true })
})
afterAll(() => closePages())

/** The drawing of the days to the next digest shrinks with the page; what is written in it stays to be read, and inside. */
async function expectLegible(page: Page): Promise<void> {
	for (const word of await page.locator('.ribbon text').all()) {
		const box = await word.boundingBox()
		expect(box?.height).toBeGreaterThan(9)
		expect(box?.x).toBeGreaterThanOrEqual(0)
	}
}

/** Pages without scripts can't be asked anything: they are the same pages. */
async function look(page: Page, name: string): Promise<void> {
	if (name.endsWith('false')) return
	if (pictures) {
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
			await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true })
		}
	}
	await expectAccessible(page)
}

const combinations = [
	['en', 1280, true],
	['fr', 320, false],
	['fr', 320, true],
	['fr', 1280, false],
	['en', 320, true],
	['fr', 1280, true],
] as const

describe.skipIf(!chromiumPath).each(someOf(combinations, 2))(
	'staff in %s at %i px, with scripts: %s',
	(locale, width, javaScriptEnabled) => {
		let app: TestApp
		beforeAll(async () => {
			app = await startTestApp()
		})
		afterAll(() => app?.close())

		it('prepares, previews, checks and sends a digest, and reads what came of it', async () => {
			const slug = await fillNewsletter(app)
			const t = words[locale]
			const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled })
			const email = `amina.${locale}@handsacross.example`
			const page = await comeIn(app, context, { name: 'Amina Diallo', email, role: 'owner', locale })
			const file = (name: string) => `${name}-${locale}-${width}-${javaScriptEnabled}`
			await look(page, file('home'))
			await expectLegible(page)
			await page.getByRole('button', { name: t.prepare }).click()
			await page.waitForURL(/\/console\/drafts\/\d+/)
			await page
				.locator(`#introduction_${locale}`)
				.fill('This week one question runs **through** our stories.')
			await page.getByRole('button', { name: t.save, exact: true }).click()
			await page.waitForLoadState()
			await look(page, file('prepare'))
			await page.locator('.prepared li').nth(1).locator('button[value="up"]').click()
			await page.waitForLoadState()
			await page.locator('.prepared li').nth(3).locator('button[value="leave_out"]').click()
			await page.waitForLoadState()
			await page.locator('.prepared li').first().locator('a[href*="edit="]').click()
			await page.locator(`#title_${locale}`).fill('A title of this digest alone')
			await look(page, file('edit'))
			await page.locator('.editing button').first().click()
			await page.waitForLoadState()
			await page.getByRole('link', { name: t.preview, exact: true }).click()
			await page.waitForURL(/\/preview/)
			const mail = page.frameLocator('iframe.mail')
			await mail.getByRole('heading', { name: 'A title of this digest alone' }).waitFor()
			await look(page, file('preview'))
			await page.goto(page.url().replace(/preview.*/, 'check'))
			await look(page, file('check'))
			await app.db.updateTable('newsletters').set({ needs_approval: true }).execute()
			await page.goto(page.url().replace(/check.*/, 'approve'))
			await page.locator('.approve').waitFor()
			await look(page, file('approve'))
			await app.db.updateTable('newsletters').set({ needs_approval: false }).execute()
			await page.goto(page.url().replace(/approve.*/, 'check'))
			for (;;) {
				const open = page.getByRole('button', { name: t.anyway })
				if ((await open.count()) === 0) break
				await open.first().click()
				await page.waitForLoadState()
			}
			await page.getByRole('button', { name: t.send }).click()
			await page.getByRole('button', { name: t.undo }).waitFor()
			await look(page, file('countdown'))
			expect(await app.db.selectFrom('digests').select('id').execute()).toEqual([])
			await page.getByRole('button', { name: t.undo }).click()
			await page.getByRole('button', { name: t.send }).click()
			await page.getByRole('button', { name: t.undo }).waitFor()
			app.clock.advance({ seconds: 31 })
			await reconcileDrafts(app)
			await app.drain()
			const [digest] = await app.db.selectFrom('digests').select(['id', 'state']).execute()
			expect(digest?.state).toBe('completed')
			await leaveFrom(app, digest?.id ?? 0)
			await page.goto(page.url())
			await page.waitForURL(/\/console\/digests\/\d+/)
			await page.getByText(t.report).waitFor()
			await page.getByText(t.left).waitFor()
			await look(page, file('report'))
			await app.db.updateTable('digests').set({ state: 'paused', completed_at: null }).execute()
			await page.goto(page.url())
			await look(page, file('paused'))
			await page.goto(`${app.url}/console/newsletters/${slug}/readers`)
			await page.getByText('A kind goodbye,').waitFor()
			await look(page, file('readers-left'))
			await page.locator('#address').fill('reader')
			await page.locator('#address').press('Enter')
			await page.getByRole('link', { name: 'reader2@readers.example' }).waitFor()
			await page.locator('main details summary').first().click()
			await look(page, file('readers'))
			await page.getByRole('link', { name: 'reader2@readers.example' }).click()
			await page.getByRole('heading', { name: 'reader2@readers.example' }).waitFor()
			await page.locator('main .ask-once summary').click()
			await look(page, file('reader'))
			await changeNewsletter(app, slug, { contact: 'bonjour@charity.example', storyLimit: 7 }, operator)
			await page.goto(`${app.url}/console/audit`)
			await page.locator('main td details summary').first().click()
			await look(page, file('audit'))
			await context.close()
		}, 120_000)
	},
)
