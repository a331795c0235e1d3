import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firstOwnerLink } from '../../../src/staff/index.ts'
import { type ConsoleBrowser, openConsole } from '../../support/console-browser.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const feed = (language: string, titles: string[]) => `<?xml version="1.0"?><rss version="2.0"><channel>
	<title>Hands Across (${language})</title><language>${language}</language>
	${titles.map((title, index) => `<item><title>${title}</title><link>https://handsacross.example/${language}/${index}</link><guid>${language}-${index}</guid><pubDate>${new Date(Date.now() - index * 86_400_000).toUTCString()}</pubDate><description>What happened.</description></item>`).join('')}
	</channel></rss>`

const pages: Record<string, string> = {
	'/': '<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/en.xml"><link rel="alternate" type="application/rss+xml" href="/fr.xml"></head><body>Hello</body></html>',
	'/en.xml': feed('en', [
		'A &lt;script&gt;alert(1)&lt;/script&gt; kitchen opens',
		'Second',
		'Third',
		'Fourth',
	]),
	'/fr.xml': feed('fr', ['Une cantine ouvre', 'Deuxième']),
	'/bare': '<!doctype html><html><body>No feed here</body></html>',
}

let site: Server
let app: TestApp
let owner: ConsoleBrowser
let address: string
beforeAll(async () => {
	site = createServer((request, response) => {
		const body = pages[request.url ?? '']
		response.statusCode = body ? 200 : 404
		response.setHeader('Content-Type', body?.startsWith('<?xml') ? 'application/rss+xml' : 'text/html')
		response.end(body ?? '')
	})
	await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
	const host = `127.0.0.1:${(site.address() as AddressInfo).port}`
	address = `http://${host}`
	app = await startTestApp({ config: { feedAllowedHosts: [host] } })
	owner = openConsole(app)
	const link = new URL((await firstOwnerLink(app)) ?? '')
	const fields = {
		name: 'Amina',
		email: 'amina@handsacross.example',
		password: 'four words nobody puts together',
	}
	await owner.post(link.pathname, fields).expect(303)
})
afterAll(async () => {
	await app?.close()
	site?.close()
})

describe('from the printed link to a test digest', () => {
	it('begins with a newsletter, whose form says what is missing', async () => {
		expect((await owner.get('/console').expect(200)).text).toContain('There is no newsletter yet')
		const wrong = await owner.post('/console/newsletter', { name_en: '', fromAddress: 'nobody' }).expect(422)
		expect(wrong.text).toContain('href="#fromAddress"')
		expect(await app.db.selectFrom('newsletters').select('id').execute()).toEqual([])
		const made = await owner
			.post('/console/newsletter', {
				name_en: 'Hands Across',
				name_fr: 'Mains tendues',
				fromAddress: 'news@handsacross.example',
				postalAddress: '12 Harbour Street\nMontréal',
				contact: 'hello@handsacross.example',
				colour: '#0f5c5c',
			})
			.expect(303)
		expect(made.headers.location).toBe('/console/newsletters/hands-across/sources')
	})

	it('finds the feeds of a site in both languages and shows their newest stories before keeping anything', async () => {
		const path = '/console/newsletters/hands-across/sources'
		const found = (await owner.get(`${path}?url=${encodeURIComponent(address)}`).expect(200)).text
		expect(found).toContain('A &lt;script&gt;alert(1)&lt;/script&gt; kitchen opens')
		expect(found).toContain('Une cantine ouvre')
		expect(found).toMatch(/<option value="fr" lang="fr" selected>/)
		expect(await app.db.selectFrom('sources').select('id').execute()).toEqual([])
		const none = (await owner.get(`${path}?url=${encodeURIComponent(`${address}/bare`)}`).expect(200)).text
		expect(none).toContain('neither RSS, Atom nor JSON Feed')
		for (const locale of ['en', 'fr'])
			await owner.post(path, { url: `${address}/${locale}.xml`, locale, latest: '3' }).expect(303)
		const twice = await owner.post(path, { url: `${address}/fr.xml`, locale: 'fr', latest: '3' }).expect(409)
		expect(twice.text).toContain('role="alert"')
		await app.drain()
		expect((await owner.get('/console/newsletters/hands-across').expect(200)).text).toContain('kitchen opens')
	})

	it('sets when it goes out in words, and refuses what is no time', async () => {
		const path = '/console/newsletters/hands-across/schedule'
		const days = { how: 'days', days: ['4'], time: '07:00', timeZone: 'America/Toronto' }
		await owner.post(path, { ...days, time: 'soon' }).expect(422)
		await owner.post(path, { ...days, timeZone: 'Mars/Olympus' }).expect(422)
		const refused = await owner.post(path, { ...days, how: 'pattern', cron: 'every day' }).expect(422)
		expect(refused.text).toContain('value="every day"')
		await owner.post(path, days).expect(303)
		expect((await owner.get(path).expect(200)).text).toContain('every Thursday at 07:00, Toronto time')
		const [kept] = await app.db.selectFrom('digest_schedules').selectAll().execute()
		expect(kept).toMatchObject({ cron: '0 7 * * 4', time_zone: 'America/Toronto' })
		await owner.post(path, { ...days, how: 'never' }).expect(303)
		expect(await app.db.selectFrom('digest_schedules').selectAll().execute()).toEqual([])
	})

	it('sends the digest as a test to oneself', async () => {
		const opened = await owner.post('/console/newsletters/hands-across/drafts').expect(303)
		const draft = opened.headers.location ?? ''
		const tested = await owner
			.post(`${draft}/test`, { to: 'amina@handsacross.example', both: 'yes' })
			.expect(303)
		expect(tested.headers.location).toContain('tested=accepted')
		const mails = (await app.captured?.list()) ?? []
		expect(mails).toHaveLength(2)
	})

	it('offers topics in both languages, in their order, and gives a form that asks for them', async () => {
		const path = '/console/newsletters/hands-across/topics'
		await owner.post(path, { name_en: '' }).expect(422)
		await owner.post(path, { name_en: 'Water', name_fr: 'Eau', description_en: 'Wells' }).expect(303)
		await owner.post(path, { name_en: 'Health', name_fr: 'Santé' }).expect(303)
		await owner.post(`${path}/health/up`).expect(303)
		await owner.post(`${path}/water`, { name_en: 'Water and rivers', name_fr: 'Eau' }).expect(303)
		const shown = (await owner.get(path).expect(200)).text
		expect(shown.indexOf('Health')).toBeLessThan(shown.indexOf('Water and rivers'))
		const forms = '/console/newsletters/hands-across/forms'
		await owner.post(forms, { asks: ['topics'] }).expect(303)
		const code = (await owner.get(forms).expect(200)).text
		expect(code).toContain('Water and rivers')
		expect(code).toContain('Santé')
		await owner.post(`${path}/health/archive`).expect(303)
		expect((await owner.get(forms)).text).not.toContain('Santé')
		await owner.post(`${path}/health/restore`).expect(303)
	})

	it('keeps what a form left alone', async () => {
		const path = '/console/newsletters/hands-across/settings'
		const form = (await owner.get(path).expect(200)).text
		expect(form).toContain('12 Harbour Street')
		const fields = {
			name_en: 'Hands Across',
			name_fr: 'Mains tendues',
			fromAddress: 'news@handsacross.example',
			postalAddress: '',
			contact: 'hello@handsacross.example',
			colour: '#123456',
		}
		await owner.post(path, fields).expect(303)
		const [row] = await app.db.selectFrom('newsletters').select(['colour', 'postal_address']).execute()
		expect(row).toEqual({ colour: '#123456', postal_address: null })
		expect((await owner.get('/console/newsletters/hands-across')).text).toContain(
			'The postal address is missing',
		)
	})
})
