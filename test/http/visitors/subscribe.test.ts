import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { suppress } from '../../../src/suppressions/index.ts'
import {
	confirmPath,
	mailsTo,
	receiptsOf,
	stateOf,
	subscribeFully,
	subscriptionOf,
	tally,
} from '../../subscriptions/people.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
})
afterEach(() => app.drain())
afterAll(() => app.close())

const api = '/api/v1/newsletters/news/subscriptions'
const target = '/newsletters/news/subscriptions'
const post = (fields: Record<string, string>) => app.request.post(target).type('form').send(fields)

describe('the page of a newsletter', () => {
	it('is in the language that the browser asks for, and caches are told so', async () => {
		const french = await app.request
			.get('/newsletters/news')
			.set('Accept-Language', 'fr-CA, en;q=0.5')
			.expect(200)
		expect(french.text).toContain('<html lang="fr" dir="ltr">')
		expect(french.headers.vary).toContain('Accept-Language')
		expect(french.headers['content-language']).toBe('fr')
		const other = await app.request.get('/newsletters/news').set('Accept-Language', 'sw').expect(200)
		expect(other.text).toContain('<html lang="en"')
	})

	it('has an address in each language, which leads to the other ones', async () => {
		const page = await app.request.get('/newsletters/news/fr').set('Accept-Language', 'en').expect(200)
		expect(page.text).toContain('lang="fr"')
		expect(page.text).toContain('<a href="/newsletters/news/en" lang="en" hreflang="en">English</a>')
		expect(page.text).toContain('Nouvelles du monde')
	})

	it.each([
		'/newsletters/none',
		'/newsletters/news/de',
		'/newsletters/%00',
		'/newsletters/a%2Fb/en',
		'/newsletters/news/%00',
	])('is not found at %s', async (path) => {
		const page = await app.request.get(path).set('Accept', 'text/html').expect(404)
		expect(page.text).toContain('<h1>')
	})

	it('has no script, no style of its own and nothing from elsewhere', async () => {
		const page = await app.request.get('/newsletters/news/en').expect(200)
		expect(page.text).not.toMatch(/<script|<style|\s(style|on[a-z]+)=/)
		const loaded = [...page.text.matchAll(/(?:src|rel="stylesheet" href)="([^"]*)"/g)].map(([, url]) => url)
		expect(loaded).toEqual([
			'/assets/tokens.css',
			'/assets/base.css',
			'/assets/forms.css',
			'/theme/0b5cad.css',
		])
		expect(page.headers['content-security-policy']).toContain(`style-src 'self'`)
	})
})

describe('a form', () => {
	it('subscribes, urlencoded or multipart, and shows the address for checking', async () => {
		const answer = await post({ email: ' Ada@Example.org ', locale: 'fr' }).expect(200)
		expect(answer.text).toContain('<bdi>Ada@example.org</bdi>')
		expect(answer.text).toContain('lang="fr"')
		await app.request
			.post(target)
			.field('email', 'multi@example.org')
			.field('locale', 'en')
			.attach('photo', Buffer.from('not asked for'), 'photo.jpg')
			.expect(200)
		await app.drain()
		expect(await mailsTo(app, 'Ada@example.org')).toHaveLength(1)
		expect(await stateOf(app, 'multi@example.org')).toBe('pending')
	})

	it('leads back to its page where the address it leaves in the browser is opened again', async () => {
		const again = await app.request.get(target).expect(303)
		await app.request.get(again.headers.location ?? '').expect(200)
	})

	it('speaks the language of its field, else of the browser, else of the newsletter', async () => {
		const ask = (fields: object, accept: string) =>
			app.request
				.post(target)
				.type('form')
				.set('Accept-Language', accept)
				.send({ email: 'l@example.org', ...fields })
		expect((await ask({ locale: 'fr-CA' }, 'en')).headers['content-language']).toBe('fr')
		expect((await ask({ locale: 'xx' }, 'fr')).headers['content-language']).toBe('fr')
		expect((await ask({}, 'fr;q=0.3, de')).headers['content-language']).toBe('fr')
		expect((await ask({}, 'de')).headers['content-language']).toBe('en')
		expect((await ask({ locale: 'x'.repeat(5_000) }, 'de')).headers['content-language']).toBe('en')
	})

	it.each([
		['', 'Enter your email address.'],
		['ada', 'The @ is missing'],
		['ada@', 'The part after the @ is missing'],
		['@example.org', 'The part before the @ is missing'],
		['a@b@example.org', 'more than one @'],
		['ada lovelace@example.org', 'a space inside'],
		['"ada"@example.org', 'quotation marks'],
		['ada@example.org\r\nBcc: x@example.org', 'a line break'],
		['ada@exa\u0000mple.org', 'invisible character'],
		[`${'a'.repeat(65)}@example.org`, '64 characters at most'],
		[`${'é'.repeat(33)}@example.org`, '64 characters at most'],
		[`ada@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example.org`, 'too long'],
		[`ada@${'x'.repeat(2_000)}.org`, 'too long'],
		['.ada@example.org', 'begin or end with a dot'],
		['a..b@example.org', 'two in a row'],
		['ada<x>@example.org', 'a character that addresses can’t have'],
		['ada@example', 'isn’t a mail domain'],
		['ada@[192.0.2.1]', 'isn’t a mail domain'],
		['ada@exa_mple.org', 'isn’t a mail domain'],
		['ada@192.0.2.1', 'can’t be right'],
		['ada@example.c', 'can’t be right'],
	])('refuses %j and tells which part is wrong', async (email, sentence) => {
		const before = await tally(app)
		const answer = await post({ email, locale: 'en' }).expect(422)
		expect(answer.text).toContain('aria-invalid="true" aria-describedby="email-mistake"')
		expect(answer.text).toMatch(/<title>Error: /)
		const mistake = /id="email-mistake">([^<]*)</.exec(answer.text)?.[1]
		expect(mistake?.replaceAll('&#39;', '’')).toContain(sentence)
		const french = await app.request.post(api).send({ email, locale: 'fr' }).expect(422)
		expect(french.body).toMatchObject({ code: 'invalid', fields: [{ field: 'email' }] })
		expect(french.body.fields[0].message).not.toContain(sentence)
		expect(await tally(app)).toEqual(before)
	})

	it('says once what is wrong, and has the focus there', async () => {
		const answer = await post({ email: 'ada', locale: 'en' }).expect(422)
		expect(answer.text.match(/The @ is missing/g)).toHaveLength(1)
		expect(answer.text).toMatch(/<input id="email"[^>]* autofocus>/)
	})

	it('asks about a slip in a well-known domain, refuses nothing, and takes it the second time', async () => {
		const before = await tally(app)
		const asked = await post({ email: 'ada@gmial.com', locale: 'fr' }).expect(200)
		expect(asked.text).toContain('Vouliez-vous dire ada@gmail.com\u202f?')
		expect(asked.text).toContain('name="meant" value="ada@gmail.com"')
		expect(asked.text).toContain('name="asked" value="ada@gmial.com"')
		expect(await tally(app)).toEqual(before)
		const other = await post({ email: 'eve@hotmial.fr', asked: 'ada@gmial.com', locale: 'en' }).expect(200)
		expect(other.text).toContain('Did you mean eve@hotmail.fr?')
		const kept = await post({ email: 'ada@gmial.com', asked: 'ada@gmial.com', locale: 'en' }).expect(200)
		expect(kept.text).toContain('<bdi>ada@gmial.com</bdi>')
		const taken = await post({ email: 'eve@gmial.com', meant: 'eve@gmail.com', locale: 'en' }).expect(200)
		expect(taken.text).toContain('<bdi>eve@gmail.com</bdi>')
		expect([await stateOf(app, 'ada@gmial.com'), await stateOf(app, 'eve@gmail.com')]).toEqual([
			'pending',
			'pending',
		])
	})

	it('leads back to the newsletter’s own sites, and nowhere else', async () => {
		await makeNewsletter(app, {
			slug: 'home',
			sites: ['https://hands.example/en', 'https://www.hands.example'],
		})
		const send = (fields: object, referer = 'https://elsewhere.example/') =>
			app.request
				.post('/newsletters/home/subscriptions')
				.type('form')
				.set('Referer', referer)
				.send({ email: 'back@example.org', locale: 'en', ...fields })
		const page = 'https://www.hands.example/news?x=1'
		expect((await send({ return: page })).text).toContain(`<a href="${page}">Back to hands.example</a>`)
		expect((await send({}, 'https://hands.example/')).text).toContain('href="https://hands.example/"')
		expect((await send({ email: 'x', return: page })).text).toContain(`name="return" value="${page}"`)
		for (const address of [
			'https://evil.example/',
			'https://hands.example.evil.example/',
			'https://hands.example@evil.example/',
			'https://user:x@hands.example/',
			'http://hands.example/',
			'//hands.example/',
			'javascript:alert(1)',
			'https://hands.example:8443/',
		])
			expect((await send({ return: address })).text, address).not.toContain('Back to')
	})

	it('is shown again with what was typed, as text and not as markup', async () => {
		const answer = await post({ email: '"><script>alert(1)</script>@example.org' }).expect(422)
		expect(answer.text).not.toContain('<script>alert')
		expect(answer.text).toContain('&lt;script&gt;alert(1)')
	})

	it('is taken at once where a browser filled it in, and its mail goes out', async () => {
		const strict = await startTestApp({ config: { formMinSeconds: 60 } })
		await makeNewsletter(strict, { slug: 'news' })
		const page = await strict.request.get('/newsletters/news/en').expect(200)
		const started = /name="started" value="([^"]+)"/.exec(page.text)?.[1]
		await strict.request
			.post(target)
			.type('form')
			.send({ email: 'quick@example.org', started, locale: 'en' })
			.expect(200)
		await strict.drain()
		expect(await mailsTo(strict, 'quick@example.org')).toHaveLength(1)
		await strict.close()
	})

	it('that a machine has filled gets the same answer, and nothing is done', async () => {
		const person = await post({ email: 'same@example.org', website: '' }).expect(200)
		await app.drain()
		const before = await tally(app)
		const machine = await post({ email: 'same@example.org', website: 'http://spam.example' }).expect(200)
		expect(machine.text).toBe(person.text)
		expect(Object.keys(machine.headers).sort()).toEqual(Object.keys(person.headers).sort())
		await app.drain()
		expect(await tally(app)).toEqual(before)
	})

	it('may be pasted anywhere: what its page shows is all that is needed', async () => {
		const page = await app.request.get('/newsletters/news/fr/form').expect(200)
		const code = /<code>([\s\S]*?)<\/code>/
			.exec(page.text)?.[1]
			?.replaceAll('&lt;', '<')
			.replaceAll('&gt;', '>')
			.replaceAll('&quot;', '"')
			.replaceAll('&amp;', '&')
		expect(code).toContain(`action="${app.url}${target}" method="post"`)
		expect(code).toContain('autocomplete="email"')
		expect(code).not.toContain('<script')
		const values = [...(code ?? '').matchAll(/name="(\w+)"[^>]*?(?:value="([^"]*)")?>/g)]
		const fields = Object.fromEntries(values.map(([, name = '', value = '']) => [name, value]))
		expect(Object.keys(fields)).toEqual(['email', 'website', 'locale', 'wording'])
		const sent = { ...fields, email: 'pasted@example.org' }
		await post(sent).set('Referer', 'https://charity.example/join?utm=1#top').expect(200)
		const { id } = await subscriptionOf(app, 'pasted@example.org')
		expect(await receiptsOf(app, id)).toMatchObject([{ page: 'https://charity.example/join', locale: 'fr' }])
	})

	it('of a page of ours is written down as that page where the browser sends no Referer', async () => {
		const page = await app.request.get('/newsletters/news/en')
		const started = /name="started" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
		await post({ email: 'ours@example.org', locale: 'en', started }).expect(200)
		const { id } = await subscriptionOf(app, 'ours@example.org')
		expect(await receiptsOf(app, id)).toMatchObject([{ page: `${app.url}/newsletters/news/en` }])
	})
})

describe('the answer', () => {
	it('is byte for byte the same for the five states of an address, as a page and as JSON (T2, promise 3)', async () => {
		const email = 'five@example.org'
		const addressHash = hashAddress(app.keys, email)
		const toState = {
			new: async () => {},
			pending: async () => {},
			active: async () => {
				await app.drain()
				await app.request.post(await confirmPath(app, email)).expect(200)
			},
			unsubscribed: async () => {
				const { id } = await subscriptionOf(app, email)
				await app.db
					.updateTable('subscriptions')
					.set({ state: 'unsubscribed' })
					.where('id', '=', id)
					.execute()
			},
			suppressed: async () => {
				await suppress(app.db, { addressHash, reason: 'complaint', evidence: null, at: app.clock.now() })
			},
		}
		const pages: string[] = []
		const answers: string[] = []
		for (const [state, bring] of Object.entries(toState)) {
			await bring()
			pages.push(bytesOf(await post({ email, locale: 'en' })))
			if (state === 'new') await app.drain()
			answers.push(bytesOf(await app.request.post(api).send({ email, locale: 'en' })))
		}
		expect(new Set(pages).size, pages.join('\n---\n')).toBe(1)
		expect(new Set(answers).size, answers.join('\n---\n')).toBe(1)
		await app.drain()
		expect(await mailsTo(app, email)).toHaveLength(3)
	})

	it('sets a cookie for confirmation links only, out of the reach of scripts', async () => {
		const answer = await post({ email: 'cookie@example.org' }).expect(200)
		expect(answer.headers['set-cookie']).toHaveLength(1)
		const [cookie = ''] = answer.headers['set-cookie'] as unknown as string[]
		for (const part of ['Max-Age=7200', 'Path=/confirm', 'HttpOnly', 'SameSite=Lax'])
			expect(cookie).toContain(part)
		expect(cookie).not.toContain('Secure')
		expect(cookie).not.toContain('cookie@')
	})

	it('sets the cookie for https alone where PUBLIC_URL is https', async () => {
		const secure = await startTestApp({ workers: false, config: { publicUrl: 'https://news.example.org' } })
		await makeNewsletter(secure, { slug: 'news' })
		const answer = await secure.request.post(api).send({ email: 'a@example.org' }).expect(202)
		expect(String(answer.headers['set-cookie'])).toContain('Secure')
		await secure.close()
	})

	it('is the same to a browser that says it is somewhere else: links come from PUBLIC_URL (T3)', async () => {
		await app.request.post(api).set('Host', 'evil.example').send({ email: 'host@example.org' }).expect(202)
		await app.drain()
		const [mail] = await mailsTo(app, 'host@example.org')
		expect(`${mail?.html}${mail?.text}`).not.toContain('evil.example')
	})
})

describe('the JSON API', () => {
	it('takes an address and tells the person’s language what comes next', async () => {
		const answer = await app.request.post(api).send({ email: 'json@example.org', locale: 'fr' }).expect(202)
		expect(answer.body).toEqual({ locale: 'fr', message: expect.stringContaining('Nouvelles du monde') })
		expect(await stateOf(app, 'json@example.org')).toBe('pending')
		const { id } = await subscriptionOf(app, 'json@example.org')
		expect(await receiptsOf(app, id)).toMatchObject([{ page: 'api' }])
	})

	it.each([
		['no body', 400, 'malformed', (r: Req) => r],
		['broken JSON', 400, 'malformed', (r: Req) => r.type('json').send('{"email":')],
		['JSON that is no object', 422, 'invalid', (r: Req) => r.type('json').send('["a@example.org"]')],
		['an unknown field', 422, 'invalid', (r: Req) => r.send({ email: 'a@example.org', admin: true })],
		['an address that is no text', 422, 'invalid', (r: Req) => r.send({ email: ['a@example.org'] })],
		['no address', 422, 'invalid', (r: Req) => r.send({})],
		['a body of 10 MB', 413, 'too_large', (r: Req) => r.send({ email: 'a'.repeat(10_000_000) })],
		['another encoding', 415, 'unsupported', (r: Req) => r.type('text/plain').send('a@example.org')],
		['half an emoji', 422, 'invalid', (r: Req) => r.type('json').send('{"email":"\\ud800@example.org"}')],
	])('answers %s with %i', async (_what, status, code, send) => {
		const before = await tally(app)
		const answer = await send(app.request.post(api)).expect(status)
		expect(answer.body).toMatchObject({ code, message: expect.any(String) })
		expect(await tally(app)).toEqual(before)
	})

	it('says in words and in a header when to try again where one caller floods it (T3)', async () => {
		const strict = await startTestApp({ workers: false, config: { signupsPerIpAndHour: 1 } })
		await makeNewsletter(strict, { slug: 'news' })
		for (let n = 1; n <= 10; n++)
			await strict.request
				.post(api)
				.send({ email: `a${n}@example.org` })
				.expect(202)
		const json = await strict.request.post(api).send({ email: 'b@example.org', locale: 'fr' }).expect(429)
		expect(Number(json.headers['retry-after'])).toBeGreaterThan(3_000)
		expect(json.body).toMatchObject({ code: 'limited', message: expect.stringContaining('60 minutes') })
		const page = await strict.request
			.post(target)
			.type('form')
			.send({ email: 'a@example.org', locale: 'en' })
			.expect(429)
		expect(page.text).toContain('There were many sign-ups')
		expect(page.text).toContain('<form')
		await strict.close()
	})

	it('counts each caller for itself, in whatever form a proxy names them', async () => {
		const behind = await startTestApp({ workers: false, config: { signupsPerIpAndHour: 1, trustProxy: 1 } })
		await makeNewsletter(behind, { slug: 'news' })
		const ask = (from: string, email: string) =>
			behind.request
				.post(api)
				.set('X-Forwarded-For', from)
				.send({ email })
				.then(({ status }) => status)
		for (const [index, from] of [
			(port: number) => `192.0.2.1:${port}`,
			(port: number) => `10.9.9.9, 192.0.2.2:${port}`,
			(port: number) => `[2001:db8:1::7]:${port}`,
			(port: number) => `"[2001:db8:2::7]:${port}"`,
			() => '2001:db8:3::7',
		].entries()) {
			for (let n = 1; n <= 10; n++) expect(await ask(from(5_000 + n), `x${index}-${n}@example.org`)).toBe(202)
			expect(await ask(from(6_000), `x${index}@example.org`)).toBe(429)
		}
		await behind.close()
	})
})

type Req = ReturnType<TestApp['request']['post']>

describe('bodies of a form that can’t be read', () => {
	it.each([
		['none', 400, (r: Req) => r],
		['of 10 MB', 413, (r: Req) => r.type('form').send(`email=${'a'.repeat(10_000_000)}`)],
		['multipart of 10 MB', 413, (r: Req) => r.field('email', 'a'.repeat(10_000_000))],
		[
			'multipart without a boundary',
			400,
			(r: Req) => r.set('Content-Type', 'multipart/form-data').send('email=a'),
		],
		[
			'multipart that breaks off',
			400,
			(r: Req) =>
				r
					.set('Content-Type', 'multipart/form-data; boundary=x')
					.send('--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na'),
		],
		[
			'multipart with the address twice',
			422,
			(r: Req) => r.field('email', 'a@example.org').field('email', 'b@example.org'),
		],
		[
			'multipart of 200 fields',
			413,
			(r: Req) => Array.from({ length: 200 }, (_, i) => i).reduce((form, i) => form.field(`f${i}`, ''), r),
		],
		[
			'multipart with a part that has no name',
			400,
			(r: Req) =>
				r
					.set('Content-Type', 'multipart/form-data; boundary=x')
					.send('--x\r\nContent-Disposition: form-data\r\n\r\na@example.org\r\n--x--\r\n'),
		],
		['in JSON', 415, (r: Req) => r.send({ email: 'a@example.org' })],
		[
			'with the address twice',
			422,
			(r: Req) => r.type('form').send('email=a@example.org&email=b@example.org'),
		],
		[
			'with an unknown newsletter',
			404,
			() => app.request.post('/newsletters/none/subscriptions').type('form').send({ email: 'a@example.org' }),
		],
	])('%s: %i', async (_what, status, send) => {
		const before = await tally(app)
		const answer = await send(app.request.post(target)).set('Accept', 'text/html').expect(status)
		expect(answer.text).toContain('<h1>')
		expect(await tally(app)).toEqual(before)
	})
})

describe('known subscribers', () => {
	it('are told by mail only', async () => {
		await subscribeFully(app, 'known@example.org')
		const answer = await post({ email: 'known@example.org', locale: 'en' }).expect(200)
		expect(answer.text).not.toMatch(/already/i)
	})
})

/** Status, headers and body as they went over the wire, without the time and number of the answer. */
function bytesOf(answer: { status: number; headers: Record<string, string>; text: string }): string {
	const { date: _date, 'x-request-id': _id, ...headers } = answer.headers
	return JSON.stringify([answer.status, headers, answer.text]).replace(/Expires=[^;]+/, '')
}
