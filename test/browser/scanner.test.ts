import { afterAll, beforeAll, expect, it } from 'vitest'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { preferencesUrl, remindUnconfirmed } from '../../src/subscriptions/index.ts'
import { mailsTo, requestPath, signUp, subscribeFully, subscriptionOf } from '../subscriptions/people.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'
import { rowsOfAll } from '../support/rows-of-all.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { chromiumPath, closePages, openBrowser } from './open-browser.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp()
})
afterAll(() => app.close())

/** Every mail there is, sent to somebody; a digest among them. */
async function sendEveryMail(): Promise<void> {
	const { id } = await makeNewsletter(app, { slug: 'news', welcome: true })
	await makeStory(app, id)
	await subscribeFully(app, 'reader@example.org')
	await signUp(app, 'reader@example.org')
	await signUp(app, 'waits@example.org')
	await app.drain()
	await app.request.post('/newsletters/news/en/link').type('form').send({ email: 'reader@example.org' })
	await triggerDigest(app, id, { by: operator })
	app.clock.advance({ days: 3.1 })
	await remindUnconfirmed({ ...app, config: { reminderDays: 3, unconfirmedDays: 30 } })
	await app.drain()
	await subscribeFully(app, 'asks@example.org')
	const asks = await subscriptionOf(app, 'asks@example.org')
	const page = new URL(preferencesUrl(app, { subscriptionId: asks.id, digestId: 0 })).pathname
	const ask = (what: string, form: object = {}) => app.request.post(`${page}/${what}`).type('form').send(form)
	await ask('address', { email: 'new@example.org' })
	await app.request.post(await requestPath(app, 'new@example.org')).expect(200)
	await ask('data')
	await ask('erase')
	await app.drain()
}

async function linksOfMails(): Promise<string[]> {
	const links = new Set<string>()
	const addresses = new Set((app.captured?.list() ?? []).map(({ envelope }) => envelope.to))
	for (const address of addresses) {
		for (const { html, text } of await mailsTo(app, address)) {
			for (const [link] of `${html} ${text}`.matchAll(/https?:\/\/[^\s"'<>]+/g)) {
				if (link.startsWith(app.url)) links.add(link.replaceAll('&amp;', '&'))
			}
		}
	}
	return [...links]
}

it.skipIf(!chromiumPath)(
	'A scanner that opens every link of every mail, scripts and all, changes nothing',
	async () => {
		await sendEveryMail()
		const links = await linksOfMails()
		const kinds = new Set(links.map((link) => new URL(link).pathname.split('/')[1]))
		expect([...kinds].sort()).toEqual([
			'confirm',
			'digests',
			'newsletters',
			'preferences',
			'requests',
			'unsubscribe',
		])
		expect(links.length).toBeGreaterThan(15)
		// what the sign-ups of before were kept back
		await app.signupWatch.flush()
		const before = await rowsOfAll(app.db)
		expect(Object.keys(before).length).toBeGreaterThan(30)
		for (const link of links) {
			const path = link.slice(app.url.length)
			for (const method of ['get', 'head', 'options'] as const) {
				expect((await app.request[method](path)).status, `${method} ${path}`).toBeLessThan(500)
			}
		}
		const browser = await openBrowser()
		const page = await browser.newPage()
		for (const link of links) await page.goto(link, { waitUntil: 'networkidle' })
		await closePages()
		await app.drain()
		await app.signupWatch.flush()
		expect(await rowsOfAll(app.db)).toEqual(before)
	},
	120_000,
)
