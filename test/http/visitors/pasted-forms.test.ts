import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suppress } from '../../../src/suppressions/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const site = 'https://www.charity.example'
const target = '/newsletters/news/subscriptions'
const api = `/api/v1${target}`
let app: TestApp
let staff: StaffCalls
let owner: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
	owner = await signInAs(app, 'owner')
	await makeNewsletter(app, {
		slug: 'news',
		sites: [`${site}/en/`, 'https://blog.example:8443', 'http://old.example'],
		texts: { fr: { name: 'Nouvelles', thankYouUrl: `${site}/merci?x=1` } },
	})
	await makeNewsletter(app, { slug: 'unlisted' })
})
afterAll(() => app?.close())

const send = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
	app.request.post(target).type('form').set(headers).send(fields)
const inPlace = { Accept: 'application/json', Origin: site, 'Envoi-Form': '1' }

describe('a form that was pasted', () => {
	it('leads to the page to thank on, in its language, and from our own pages to ours', async () => {
		const french = await send({ email: 'fr@example.org', locale: 'fr' }).expect(303)
		expect(french.headers.location).toBe(`${site}/merci?x=1`)
		expect(french.headers['set-cookie']?.[0]).toMatch(/HttpOnly/)
		await send({ email: 'en@example.org', locale: 'en' }).expect(200)
		const own = await app.request.get('/newsletters/news/fr').expect(200)
		const started = /name="started" value="([^"]+)"/.exec(own.text)?.[1] ?? ''
		await send({ email: 'ours@example.org', locale: 'fr', started }).expect(200)
		const wrong = await send({ email: 'nobody', locale: 'fr' }).expect(422)
		expect(wrong.text).toContain('value="nobody"')
	})

	it.each([
		['on a site of the newsletter', `${site}/thanks`, 303],
		['on another of them, with its port', 'https://blog.example:8443/x', 303],
		['on another port', 'https://blog.example/x', 200],
		['on no site of it', 'https://evil.example/', 200],
		['on one that begins alike', 'https://www.charity.example.evil.example/', 200],
		['with a name in it', 'https://www.charity.example@evil.example/', 200],
		['by another scheme', 'http://www.charity.example/', 200],
		['as a script', 'javascript:alert(1)', 200],
		['as a path', '//evil.example/x', 200],
		['as what it keeps in memory', `blob:${site}/1f0c`, 200],
		['as its files', `filesystem:${site}/temporary/x`, 200],
	])('may name a page of its own %s', async (_where, thanks, status) => {
		const answer = await send({ email: 'own@example.org', locale: 'en', thanks })
		expect(answer.status).toBe(status)
		if (status === 303) expect(answer.headers.location).toBe(thanks)
	})

	it('leads there also once what was wrong is put right on our page, which says so to browsers', async () => {
		for (const [fields, status] of [
			[{ email: 'nobody' }, 422],
			[{ email: 'a@gmial.com' }, 200],
		] as const) {
			const again = await send({ ...fields, locale: 'fr', thanks: `${site}/own` }).expect(status)
			expect(again.text).toContain(`name="thanks" value="${site}/own"`)
			expect(again.headers['content-security-policy']).toContain(`form-action 'self' ${site};`)
		}
		const right = { email: 'right@example.org', locale: 'fr', started: '', thanks: `${site}/own` }
		expect((await send(right).expect(303)).headers.location).toBe(`${site}/own`)
		const elsewhere = await send({ email: 'nobody', locale: 'en', thanks: 'https://evil.example/' })
		expect(elsewhere.text).not.toContain('evil.example')
		expect(elsewhere.headers['content-security-policy']).toContain(`form-action 'self';`)
	})

	it('leads nowhere where the sites are gone since', async () => {
		await staff.call('patch', '/newsletters/unlisted', {
			sites: ['https://gone.example'],
			texts: { en: { thankYouUrl: 'https://gone.example/thanks' } },
		})
		const gone = await staff.call('patch', '/newsletters/unlisted', { sites: [] })
		expect(gone.status).toBe(422)
		await app.db.updateTable('newsletters').set({ sites: [] }).where('slug', '=', 'unlisted').execute()
		const answer = app.request.post('/newsletters/unlisted/subscriptions').type('form')
		expect((await answer.send({ email: 'a@example.org', locale: 'en' })).status).toBe(200)
	})
})

describe('the answer to a script', () => {
	it('is JSON with all that is to be said, in the language of the form', async () => {
		const taken = await send({ email: 'json@example.org', locale: 'fr' }, inPlace).expect(200)
		expect(taken.body).toEqual({
			kind: 'check_mail',
			title: 'Consultez votre boîte de réception',
			message: expect.stringContaining('Nouvelles'),
			leadsTo: `${site}/merci?x=1`,
		})
		const question = await send({ email: 'a@gmial.com', locale: 'en' }, inPlace).expect(200)
		expect(question.body).toMatchObject({ kind: 'question', meant: 'a@gmail.com' })
		const asIs = await send({ email: 'a@gmial.com', locale: 'en', asked: 'a@gmial.com' }, inPlace)
		expect(asIs.body).toMatchObject({ kind: 'check_mail', leadsTo: null })
		const wrong = await send({ email: 'nobody', locale: 'fr' }, inPlace).expect(422)
		expect(wrong.body).toMatchObject({
			code: 'invalid',
			fields: [{ field: 'email', message: expect.any(String) }],
		})
	})

	it('is described beside the page that browsers get', async () => {
		const { body } = await app.request.get('/api/openapi.json').expect(200)
		const { responses } = body.paths['/newsletters/{slug}/subscriptions'].post
		expect(Object.keys(responses[200].content)).toEqual(['application/json', 'text/html'])
		expect(body.components.schemas.FormAnswer.oneOf).toHaveLength(3)
	})

	it('is the same for each state of an address', async () => {
		const { id } = await app.db
			.selectFrom('newsletters')
			.select('id')
			.where('slug', '=', 'news')
			.executeTakeFirstOrThrow()
		await makeReader(app, id, { address: 'active@example.org' })
		await makeReader(app, id, { address: 'left@example.org', state: 'unsubscribed' })
		await makeReader(app, id, { address: 'dead@example.org' })
		const { address_hash: addressHash } = await app.db
			.selectFrom('subscribers')
			.select('address_hash')
			.where('comparable_address', '=', 'dead@example.org')
			.executeTakeFirstOrThrow()
		await suppress(app.db, { addressHash, reason: 'dead_address', evidence: null, at: app.clock.now() })
		const answers = []
		for (const name of ['new', 'active', 'left', 'dead'])
			answers.push((await send({ email: `${name}@example.org`, locale: 'en' }, inPlace).expect(200)).text)
		expect(new Set(answers).size).toBe(1)
	})

	it.each([
		['a listed site', site, site],
		['another, with its port', 'https://blog.example:8443', 'https://blog.example:8443'],
		['a site that is not listed', 'https://evil.example', undefined],
		['the listed host without TLS', 'http://www.charity.example', undefined],
		['a listed site without TLS', 'http://old.example', undefined],
		['a page without an origin', 'null', undefined],
	])('may be read by a page of %s or not', async (_what, origin, allowed) => {
		for (const path of [target, api]) {
			const asked = await app.request.options(path).set('Origin', origin).expect(204)
			expect(asked.headers['access-control-allow-origin']).toBe(allowed)
			expect(asked.headers['access-control-allow-credentials']).toBeUndefined()
			expect(asked.headers.vary).toContain('Origin')
			expect(asked.headers['access-control-allow-headers']).toBe(allowed && 'Content-Type, Envoi-Form')
		}
		const taken = await app.request.post(api).set('Origin', origin).send({ email: 'cors@example.org' })
		const refused = await app.request.post(api).set('Origin', origin).send({ email: 'cors' })
		const form = await send({ email: 'cors@example.org', locale: 'en' }, { ...inPlace, Origin: origin })
		expect([taken.status, refused.status, form.status]).toEqual([202, 422, 200])
		for (const { headers } of [taken, refused, form]) {
			expect(headers['access-control-allow-origin']).toBe(allowed)
			expect(headers.vary).toContain('Origin')
		}
	})

	it('is not for pages of other newsletters’ sites, nor of a newsletter that there is not', async () => {
		for (const slug of ['unlisted', 'nowhere']) {
			const path = `/newsletters/${slug}/subscriptions`
			const asked = await app.request.options(path).set('Origin', site).expect(204)
			expect(asked.headers['access-control-allow-origin']).toBeUndefined()
		}
	})
})

describe('what pages of other sites load', () => {
	// pages know these files by their hash: a change needs a new name, form-2.js
	it.each([
		['form-1.js', '2X6sw6ZUXvMPOqk0zQlqM0XXGYn4bETZuPEO3qhxDsM9dSy6VHixRcDOpPpf4LZS', 6_000],
		['form-1.css', 'HOZYqGdnvxN1oMNjyQ9UXRw0ifoDnqdrSi180LM0fFzLFeAK/o/7mGWiC8dEJWa/', 3_000],
	])('%s stays as it is, is small, and may be loaded from anywhere', async (name, hash, most) => {
		const file = await app.request.get(`/assets/embed/${name}`).buffer(true).expect(200)
		expect(createHash('sha384').update(file.text).digest('base64')).toBe(hash)
		expect(Buffer.byteLength(file.text)).toBeLessThan(most)
		expect(file.headers).toMatchObject({
			'cross-origin-resource-policy': 'cross-origin',
			'access-control-allow-origin': '*',
			'cache-control': 'public, max-age=31536000, immutable',
		})
		expect(file.headers['set-cookie']).toBeUndefined()
		const page = await app.request.get('/newsletters/news/en/form').expect(200)
		expect(page.text).toContain(`sha384-${hash.replaceAll('+', '&#43;')}`.replaceAll('&#43;', '+'))
		const other = await app.request.get('/assets/base.css').expect(200)
		expect(other.headers['cross-origin-resource-policy']).toBe('same-site')
	})
})

describe('the console', () => {
	const page = '/console/newsletters/news/forms'
	const fields = { asks: 'topics', thanks_en: '', thanks_fr: '' }

	it('takes sites as people write them, and the page to thank on of each language', async () => {
		const sites = 'www.charity.example\r\nhttps://blog.example:8443'
		const saved = { ...fields, sites, thanks_en: 'www.charity.example/thanks', thanks_fr: '' }
		await owner.post(page, saved).expect(303)
		const { body } = await staff.call('get', '/newsletters/news')
		expect(body).toMatchObject({
			sites: ['https://www.charity.example', 'https://blog.example:8443'],
			signupAsks: ['topics'],
			texts: { en: { thankYouUrl: 'https://www.charity.example/thanks' }, fr: { thankYouUrl: null } },
		})
		const shown = (await owner.get(page).expect(200)).text
		expect(shown).toContain('value="https://www.charity.example/thanks"')
		for (const words of ['&lt;!-- wp:html --&gt;', 'target=&quot;_blank&quot;', 'Squarespace', 'Drupal'])
			expect(shown).toContain(words)
	})

	it('says beside the field what is wrong, and keeps what was typed', async () => {
		const answer = await owner.post(page, {
			...fields,
			sites: 'https://www.charity.example',
			thanks_fr: 'https://evil.example/x',
		})
		expect(answer.status).toBe(422)
		expect(answer.text).toContain('must be on one of the newsletter’s sites (https://www.charity.example)')
		expect(answer.text).toContain('value="https://evil.example/x"')
		expect(answer.text).toContain('id="thanks_fr-mistake"')
		const bad = await owner.post(page, { ...fields, sites: 'ftp://x.example' })
		expect(bad.text).toContain('id="sites-mistake"')
	})
})
