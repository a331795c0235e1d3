import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unsubscribe, unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { makeNewsletter, makeReader } from '../support/make-newsletter.ts'
import { someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { comeIn } from './come-in.ts'
import { chromiumPath, closePages, expectAccessible, openBrowser } from './open-browser.ts'

const words = {
	en: {
		look: 'Look at the file',
		asked: 'They asked for this newsletter',
		where: 'Where, in what words',
		run: /^Import 5 readers$/,
		result: 'people are readers now',
		correct: 'Correct it',
		address: 'Address',
		add: 'Add with this address',
		undo: 'Undo this import',
		back: 'Take it back',
		undone: '6 were taken back.',
	},
	fr: {
		look: 'Regarder le fichier',
		asked: 'Ils ont demandé cette infolettre',
		where: 'Où, en quels mots',
		run: /^Importer 5 lecteurs$/,
		result: 'personnes sont désormais lectrices',
		correct: 'Corriger',
		address: 'Adresse',
		add: 'Ajouter avec cette adresse',
		undo: 'Annuler cette importation',
		back: 'L’annuler',
		undone: '6 ont été repris.',
	},
} as const

// as a spreadsheet in French writes it
const table = Buffer.from(
	`E-mail;Langue;Thèmes;Inscrit le;Prénom;Remarques
awa.diop@post.example;fr;;14/10/2026;Élodie;végétarienne
t.brandt@ngo.example;anglais;;14/10/2026;Thomas;
p.lambert@post.example;FR;;15/10/2026;Zoé;
aissatou.ba@;fr;;15/10/2026;Aïssatou;
m.leroy@post.example;fr;;15/10/2026;;
info@@foyer.example;en;;15/10/2026;;
T.Brandt@ngo.example;en;;15/10/2026;;
left@post.example;en;;15/10/2026;;
"<b>ana@post.example</b>";en;;15/10/2026;;
j.fall@post.example;en;;15/10/2026;"<script>1</script>";
`,
	'latin1',
)

const pictures = process.env.CONSOLE_PICTURES
let app: TestApp
let browser: Browser
let slug: string
beforeAll(async () => {
	if (!chromiumPath) return
	if (pictures) mkdirSync(pictures, { recursive: true })
	browser = await openBrowser()
	app = await startTestApp()
	const texts = { en: { name: 'Hands Across' }, fr: { name: 'Mains tendues' } }
	const newsletter = await makeNewsletter(app, { texts, colour: '#0f5c5c' })
	const left = await makeReader(app, newsletter.id, { address: 'left@post.example' })
	const token = unsubscribeUrl(app, { subscriptionId: left, digestId: 0 }).split('/').at(-1) ?? ''
	await unsubscribe(app, { token, page: 'one-click', ip: '192.0.2.1' })
	slug = newsletter.slug
})
afterAll(async () => {
	await closePages()
	await app?.close()
})

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

/** Without scripts the page is read again by hand. */
async function untilOver(
	page: Page,
	javaScriptEnabled: boolean,
	isThere: () => Promise<boolean>,
): Promise<void> {
	await app.drain()
	if (!javaScriptEnabled) await page.goto(page.url())
	await expect.poll(isThere).toBe(true)
}

const combinations = [
	['fr', 320, true],
	['en', 1280, false],
	['en', 1280, true],
	['fr', 1280, false],
	['en', 320, false],
] as const

describe.skipIf(!chromiumPath).each(someOf(combinations, 1))(
	'a file of readers, in %s at %i px, with scripts: %s',
	(locale, width, javaScriptEnabled) => {
		it('is looked at, imported, corrected and taken back', async () => {
			const t = words[locale]
			const context = await browser.newContext({
				viewport: { width, height: 900 },
				locale: `${locale}-CA`,
				javaScriptEnabled,
			})
			const email = `amina.${locale}.${width}.${javaScriptEnabled}@handsacross.example`
			const page = await comeIn(app, context, { name: 'Amina Diallo', email, role: 'approver', locale })
			const file = (name: string) => `${name}-${locale}-${width}-${javaScriptEnabled}`
			await page.goto(`${app.url}/console/newsletters/${slug}/imports`)
			await look(page, file('imports'))
			await page
				.locator('#file')
				.setInputFiles({ name: 'conférence.csv', mimeType: 'text/csv', buffer: table })
			await page.getByRole('button', { name: t.look }).click()
			await page.waitForURL(/\/console\/imports\/\d+/)
			const run = page.getByRole('button', { name: t.run })
			await untilOver(page, javaScriptEnabled, () => run.isVisible())
			expect(await page.getByText('Élodie').count()).toBeGreaterThan(0)
			await page.getByLabel(t.asked).check()
			await look(page, file('import-columns'))
			await page.getByLabel(t.where).fill('Sign-up list at our stand, conference in Dakar')
			await run.click()
			await untilOver(page, javaScriptEnabled, () => page.getByText(t.result).isVisible())
			await look(page, file('import-result'))
			await page.getByText(t.correct).first().click()
			await page.getByLabel(t.address).first().fill('aissatou.ba@post.example')
			await page.getByRole('button', { name: t.add }).first().click()
			await page.locator('.saved').waitFor()
			await page.getByText(t.undo).click()
			await page.getByRole('button', { name: t.back }).click()
			await untilOver(page, javaScriptEnabled, () => page.getByText(t.undone).isVisible())
			await context.close()
		}, 60_000)
	},
)
