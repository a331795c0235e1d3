import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconcileDrafts } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { changeNewsletter } from '../../src/newsletters/index.ts'
import { linkTranslations } from '../../src/stories/index.ts'
import { giveLeavingReason, unsubscribe, unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { comeIn } from './come-in.ts'
import { chromiumPath, expectAccessible, openBrowser } from './open-browser.ts'

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
afterAll(() => browser?.close())

async function fill(app: TestApp): Promise<string> {
	const newsletter = await makeNewsletter(app, {
		texts: { en: { name: 'Hands Across' }, fr: { name: 'Mains tendues' } },
		colour: '#0f5c5c',
	})
	await changeNewsletter(
		app,
		newsletter.slug,
		{ schedule: { cron: '0 7 * * 4', timeZone: 'America/Montreal' } },
		operator,
	)
	const pairs = [
		[
			'A school kitchen opens, and attendance doubles',
			'Une cantine ouvre, et la fréquentation de l’école double',
		],
		['Who repairs the well? A water committee answers', 'Qui répare le puits ? Un comité de l’eau répond'],
		['Night school on a fishing quay', 'L’école du soir sur un quai de pêche'],
	]
	for (const [index, [en = '', fr = '']] of pairs.entries()) {
		const hoursAgo = 20 + index * 20
		const storyIds = [
			await makeStory(app, newsletter.id, {
				title: en,
				hoursAgo,
				summary:
					'The first meal was rice, beans and far too much ginger. Three weeks later two hundred children come to class who used to walk home at noon.',
			}),
			await makeStory(app, newsletter.id, {
				title: fr,
				hoursAgo,
				locale: 'fr',
				summary: 'Le premier repas : du riz, des haricots et beaucoup trop de gingembre.',
			}),
		]
		await linkTranslations(app, { storyIds }, operator)
	}
	await makeStory(app, newsletter.id, {
		title: 'What the midwives of Tambacounda ask of the road',
		hoursAgo: 70,
	})
	for (const [index, locale] of ['en', 'en', 'fr', 'fr'].entries())
		await confirmReader(app, newsletter.id, { address: `reader${index}@readers.example`, locale })
	await makeReader(app, newsletter.id, { address: 'reader4@readers.example', state: 'pending' })
	return newsletter.slug
}

/** A reader with the receipts of who signed up and confirmed. */
async function confirmReader(
	app: TestApp,
	newsletterId: number,
	{ address, locale }: { address: string; locale: string },
): Promise<void> {
	const id = await makeReader(app, newsletterId, { address, locale, state: 'pending' })
	await app.db.updateTable('subscriptions').set({ state: 'active' }).where('id', '=', id).execute()
	const receipt = {
		subscription_id: id,
		locale,
		page: 'https://handsacross.example/news',
		wording_version: 1,
	}
	const wording = 'J’accepte de recevoir « Mains tendues » par courriel.'
	await app.db
		.insertInto('consent_receipts')
		.values(
			(['requested', 'confirmed'] as const).map((action) => ({
				...receipt,
				action,
				wording,
				at: new Date(),
			})),
		)
		.execute()
}

/** A reader leaves by the button of the mail program, and says why. */
async function leaveFrom(app: TestApp, digestId: number): Promise<void> {
	const { id } = await app.db.selectFrom('subscriptions').select('id').executeTakeFirstOrThrow()
	const token = unsubscribeUrl(app, { subscriptionId: id, digestId }).split('/').at(-1) ?? ''
	await unsubscribe(app, { token, page: 'one-click', ip: '192.0.2.1' })
	await giveLeavingReason(app, { token, reason: 'too_many', comment: 'A kind goodbye,\nand thank you.' })
}

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
			await page.emulateMedia({ colorScheme })
			await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true })
		}
	}
	await expectAccessible(page)
}

describe.skipIf(!chromiumPath).each([
	['en', 1280, true],
	['fr', 320, true],
	['fr', 1280, false],
] as const)('staff in %s at %i px, with scripts: %s', (locale, width, javaScriptEnabled) => {
	let app: TestApp
	beforeAll(async () => {
		app = await startTestApp()
	})
	afterAll(() => app?.close())

	it('prepares, previews, checks and sends a digest, and reads what came of it', async () => {
		const slug = await fill(app)
		const t = words[locale]
		const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled })
		const email = `amina.${locale}@handsacross.example`
		const page = await comeIn(app, context, { name: 'Amina Diallo', email, role: 'owner', locale })
		const file = (name: string) => `${name}-${locale}-${width}-${javaScriptEnabled}`
		await look(page, file('home'))
		await expectLegible(page)
		await page.getByRole('button', { name: t.prepare }).click()
		await page.waitForURL(/\/console\/drafts\/\d+/)
		await page.locator(`#introduction_${locale}`).fill('This week one question runs **through** our stories.')
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
		await page.goto(`${app.url}/console/newsletters/${slug}/digests`)
		await look(page, file('digests'))
		for (const name of ['keys', 'retention', 'system']) {
			await page.goto(`${app.url}/console/${name}`)
			await look(page, file(name))
		}
		await page.goto(`${app.url}/console/help`)
		await look(page, file('help'))
		await page.goto(`${app.url}/console/account`)
		await look(page, file('account'))
		await page.goto(`${app.url}/console/account/codes`)
		await look(page, file('codes'))
		for (const name of [
			'sources',
			'settings',
			'sender',
			'look',
			'topics',
			'schedule',
			'forms',
			'test-lists',
		]) {
			await page.goto(`${app.url}/console/newsletters/${slug}/${name}`)
			await look(page, file(name))
		}
		await page.goto(`${app.url}/console/newsletter`)
		await look(page, file('new'))
		await page.goto(`${app.url}/console/people`)
		await look(page, file('people'))
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
})
