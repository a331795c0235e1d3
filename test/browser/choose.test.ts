import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { addTopic } from '../../src/newsletters/index.ts'
import { preferencesUrl } from '../../src/subscriptions/index.ts'
import { requestPath, stateOf, subscribeFully, subscriptionOf } from '../subscriptions/people.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { manners } from './manners.ts'
import {
	chromiumPath,
	closePages,
	expectAccessible,
	expectNothingCutOff,
	openBrowser,
} from './open-browser.ts'

const words = {
	en: {
		title: 'Your choices',
		health: 'Health',
		newTopics: 'New topics too, when there are any',
		name: 'Given name',
		saveName: 'Save the name',
		noName: 'There is no letter',
		save: 'Save my choices',
		saved: 'Saved',
		none: 'Choose at least one topic',
		untilDay: 'Until a day…',
		day: 'Day',
		past: 'This day has passed',
		pause: 'Take a break',
		paused: 'Nothing comes until',
		resume: 'Go on now',
		resumed: 'Your break is over',
		address: 'New address',
		change: 'Change the address',
		check: 'Check your inbox',
		use: 'Yes, use this address',
		used: 'Your new address is in use',
		data: 'Send me my data',
		dataTitle: 'Your data',
		leaveAll: 'Leave all newsletters',
		left: 'You are unsubscribed',
	},
	fr: {
		title: 'Vos choix',
		health: 'Santé',
		newTopics: 'Les nouveaux thèmes aussi, quand il y en aura',
		name: 'Prénom',
		saveName: 'Enregistrer le prénom',
		noName: 'ne contient aucune lettre',
		save: 'Enregistrer mes choix',
		saved: 'Enregistré',
		none: 'Choisissez au moins un thème',
		untilDay: 'Jusqu’à une date…',
		day: 'Date',
		past: 'Cette date est passée',
		pause: 'Faire une pause',
		paused: 'Rien n’arrive avant',
		resume: 'Reprendre maintenant',
		resumed: 'Votre pause est terminée',
		address: 'Nouvelle adresse',
		change: 'Changer d’adresse',
		check: 'Consultez votre boîte de réception',
		use: 'Oui, utiliser cette adresse',
		used: 'Votre nouvelle adresse est en service',
		data: 'M’envoyer mes données',
		dataTitle: 'Vos données',
		leaveAll: 'Quitter toutes les infolettres',
		left: 'Désabonnement confirmé',
	},
} as const

let app: TestApp
let browser: Browser

beforeAll(async () => {
	if (!chromiumPath) return
	app = await startTestApp()
	await makeNewsletter(app, {
		slug: 'news',
		signupAsks: ['topics', 'language', 'given_name'],
		roundUp: { cron: '0 8 1 * *', timeZone: 'UTC' },
	})
	await makeNewsletter(app, { slug: 'other' })
	const add = (slug: string, en: string, fr: string) =>
		addTopic(app, 'news', { slug, texts: { en: { name: en, description: en }, fr: { name: fr } } }, operator)
	await add('water', 'Water', 'Eau')
	await add('health', 'Health', 'Santé')
	browser = await openBrowser()
})
afterAll(async () => {
	await closePages()
	await app?.close()
})

describe.skipIf(!chromiumPath)('a reader', () => {
	it.each(someOf(manners, 1))(
		'chooses topics, takes a break, changes address, reads what is kept and leaves everything: $locale, $width px, scripts $scripts',
		async ({ locale, width, scripts }) => {
			const word = words[locale]
			const email = `chooser-${locale}-${width}-${scripts}@example.org`
			await subscribeFully(app, email, { locale })
			const { id } = await subscriptionOf(app, email)
			const context = await browser.newContext({
				viewport: { width, height: 800 },
				javaScriptEnabled: scripts,
				locale,
			})
			const page = await context.newPage()
			const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
			const look = () => (scripts ? expectAccessible(page) : expectNothingCutOff(page))
			const isSaid = async (role: 'status' | 'alert', text: string) => {
				await page.getByRole(role).filter({ hasText: text }).waitFor()
				await look()
			}

			const link = { subscriptionId: id, digestId: 1 }
			const choices = preferencesUrl({ ...app, config: { publicUrl: app.url } }, link)
			for (const path of ['', '/link']) {
				await page.goto(`${app.url}/newsletters/news/${locale}${path}`)
				await look()
			}
			await page.goto(choices)
			expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(word.title)
			await look()
			for (const box of await page.getByRole('checkbox').all()) await box.uncheck()
			await press(word.save)
			await isSaid('alert', word.none)
			await page.getByLabel(word.health).check()
			await press(word.save)
			await isSaid('status', word.saved)
			expect(await page.getByLabel(word.health).isChecked()).toBe(true)
			expect(await page.getByLabel(word.newTopics).isChecked()).toBe(false)

			await page.getByLabel(word.name).fill('123')
			await press(word.saveName)
			await isSaid('alert', word.noName)
			await page.getByLabel(word.name).fill('محمد')
			await press(word.saveName)
			await isSaid('status', word.saved)
			expect(await page.getByLabel(word.name).inputValue()).toBe('محمد')

			await page.getByRole('link', { name: word.untilDay }).click()
			await page.getByLabel(word.day).fill('2001-01-01')
			await press(word.pause)
			await isSaid('alert', word.past)
			const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
			await page.getByLabel(word.day).fill(day)
			await press(word.pause)
			await isSaid('status', word.paused)
			await press(word.resume)
			await isSaid('status', word.resumed)

			const other = `new-${email}`
			await page.getByLabel(word.address).fill(other)
			await press(word.change)
			await isSaid('status', word.check)
			await page.goto(app.url + (await requestPath(app, other)))
			await look()
			await press(word.use)
			await isSaid('status', word.used)

			await page.goto(choices)
			await press(word.data)
			await isSaid('status', word.check)
			await page.goto(app.url + (await requestPath(app, other)))
			expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(word.dataTitle)
			await look()

			await page.goto(choices)
			await press(word.leaveAll)
			await isSaid('status', word.left)
			expect(await stateOf(app, other)).toBe('unsubscribed')
			await context.close()
		},
	)

	it.each(someOf(manners.toReversed(), 1))(
		'chooses topics in a form on another site, of two on its page, and mends there what was wrong: $locale, $width px',
		async ({ locale, width, scripts }) => {
			const word = words[locale]
			const email = `pasted-${locale}-${width}-${scripts}@example.org`
			const context = await browser.newContext({
				viewport: { width, height: 800 },
				javaScriptEnabled: scripts,
			})
			const page = await context.newPage()
			const codeOf = async (path: string) => {
				await page.goto(app.url + path)
				return (await page.locator('#form-code').textContent()) ?? ''
			}
			const codes = [
				await codeOf(`/newsletters/news/${locale}/form`),
				await codeOf(`/newsletters/news/${locale}/form`),
			]
			const site = 'https://pasted.example/'
			const html = `<!doctype html><html lang="${locale}"><meta name="viewport" content="width=device-width">
				<title>Join</title><main><h1>Join</h1>${codes.join('<hr>')}</main>`
			await page.route(site, (route) =>
				route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }),
			)
			await page.goto(site)
			if (scripts) await expectAccessible(page)
			const form = page.locator('form').nth(1)
			for (const box of await form.getByRole('checkbox').all()) await box.uncheck()
			await form.locator('[name=email]').fill(email)
			await form.getByRole('button').click()
			await page.getByRole('alert').filter({ hasText: word.none }).waitFor()
			expect(await page.locator('[name=email]').inputValue()).toBe(email)
			expect(await page.getByLabel(word.health).isChecked()).toBe(false)
			await page.getByLabel(word.health).check()
			await page.locator('form').getByRole('button').click()
			await page.getByRole('heading', { level: 1, name: word.check }).waitFor()
			expect(await subscriptionOf(app, email)).toMatchObject({ source: 'form', source_host: null })
			await context.close()
		},
	)
})
