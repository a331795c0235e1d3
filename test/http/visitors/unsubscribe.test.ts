import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unsubscribeUrl } from '../../../src/subscriptions/index.ts'
import { receiptsOf, stateOf, subscribeFully, subscriptionOf, tally } from '../../subscriptions/people.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { expectPrivate } from './expect-private.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app.close())

async function pathFor(email: string, locale?: string): Promise<string> {
	await subscribeFully(app, email, { locale })
	const { id } = await subscriptionOf(app, email)
	return new URL(unsubscribeUrl(app, { subscriptionId: id, digestId: 3 })).pathname
}

describe('GET /unsubscribe/:token', () => {
	it('shows a button and changes nothing; HEAD and OPTIONS neither (U7, T1)', async () => {
		const path = await pathFor('ada@example.org', 'fr')
		const before = await tally(app)
		const page = await app.request.get(path).expect(200)
		expect(page.text).toContain(`<form action="${path}?locale=fr" method="post">`)
		expect(page.text).toContain('Nouvelles du monde')
		expect(page.text).toContain('a•••@example.org')
		expect(page.text).not.toContain('ada@')
		expect(page.text).not.toContain('<script')
		expectPrivate(page.headers)
		await app.request.head(path).expect(200)
		await app.request.options(path).expect(204)
		expect(await tally(app)).toEqual(before)
	})
})

describe('POST /unsubscribe/:token', () => {
	type Send = (path: string) => PromiseLike<{ status: number; headers: Record<string, string> }>
	const oneClick = 'List-Unsubscribe=One-Click'
	const ways: Array<[string, Send]> = [
		['urlencoded', (path) => app.request.post(path).type('form').send(oneClick)],
		['multipart', (path) => app.request.post(path).field('List-Unsubscribe', 'One-Click')],
		['no body', (path) => app.request.post(path)],
		[
			'a dot that a mail program took along',
			(path) => app.request.post(`${path}.`).type('form').send(oneClick),
		],
		['no-break space and bracket', (path) => app.request.post(`${path}%A0%3E`).type('form').send(oneClick)],
		['a trailing slash', (path) => app.request.post(`${path}/`).type('form').send(oneClick)],
		['a body that can’t be read', (path) => app.request.post(path).type('json').send('{"broken":')],
		['a type nobody knows', (path) => app.request.post(path).set('Content-Type', 'text/weird').send('x')],
		['a Host of another name', (path) => app.request.post(path).set('Host', 'elsewhere.example')],
	]

	it.each(ways)('unsubscribes at once, with %s, and never redirects (U4, U5, U6)', async (_way, send) => {
		const email = `way${ways.findIndex(([, other]) => other === send)}@example.org`
		const answer = await send(await pathFor(email))
		expect(answer.status).toBe(200)
		expect(answer.headers.location).toBeUndefined()
		expect(answer.headers['set-cookie']).toBeUndefined()
		expect(await stateOf(app, email)).toBe('unsubscribed')
	})

	it('does so with a body of 10 MB, of which it reads nothing', async () => {
		const path = await pathFor('large@example.org')
		expect(await postLarge(`${app.url}${path}`, 10_000_000)).toBe(200)
		expect(await stateOf(app, 'large@example.org')).toBe('unsubscribed')
	})

	it('is fine twice, and the second makes nothing new (U9)', async () => {
		const path = await pathFor('twice@example.org')
		const first = await app.request.post(path).type('form').send(oneClick).expect(200)
		const after = await tally(app)
		const second = await app.request.post(path).type('form').send(oneClick).expect(200)
		expect(second.text).toBe(first.text)
		expect(await tally(app)).toEqual(after)
	})

	it('writes down whether mail software or a person on the page did it, and after which digest', async () => {
		const byMachine = await pathFor('machine@example.org')
		await app.request.post(byMachine).type('form').send(oneClick).expect(200)
		const byPerson = await pathFor('person@example.org')
		await app.request.post(`${byPerson}?locale=en`).expect(200)
		const pageOf = async (email: string) =>
			(await receiptsOf(app, (await subscriptionOf(app, email)).id)).at(-1)?.page
		expect(await pageOf('machine@example.org')).toBe('one-click (digest 3)')
		expect(await pageOf('person@example.org')).toBe('unsubscribe page (digest 3)')
	})

	it.each([
		'/unsubscribe/1.1.0.AAAAAAAAAAAAAAAAAAAAAA',
		'/unsubscribe/x',
		'/unsubscribe/%00',
		`/unsubscribe/${'1.'.repeat(2_000)}`,
	])('changes nothing where the token is forged: %s (U8)', async (path) => {
		const before = await tally(app)
		for (const wrong of [path, `${path}/undo`, `${path}/reason`]) {
			const page = await app.request.post(wrong).set('Accept', 'text/html').expect(404)
			expect(page.text).toContain('<h1>')
		}
		await app.request.get(path).set('Accept', 'text/html').expect(404)
		expect(await tally(app)).toEqual(before)
	})
})

describe('the page after it', () => {
	it('offers to take it back, which works without a new confirmation', async () => {
		const path = await pathFor('undo@example.org')
		const left = await app.request.post(`${path}?locale=en`).expect(200)
		expect(left.text).toContain(`action="${path}/undo?locale=en"`)
		const undone = await app.request.post(`${path}/undo?locale=en`).expect(200)
		expect(undone.text).toContain('You are subscribed again')
		expect(await stateOf(app, 'undo@example.org')).toBe('active')
		expect((await app.request.get(path)).text).toContain('Unsubscribe?')
	})

	it('is what the link shows from then on, and offers a new sign-up once undoing has ended', async () => {
		const path = await pathFor('later@example.org')
		await app.request.post(path).expect(200)
		expect((await app.request.get(path).expect(200)).text).toContain('You are unsubscribed')
		app.clock.advance({ days: 8 })
		const page = await app.request.get(path).expect(200)
		expect(page.text).not.toContain('/undo')
		expect(page.text).toContain('href="/newsletters/news/en"')
		expect((await app.request.post(`${path}/undo`).expect(200)).text).toContain('You are unsubscribed')
	})

	it('takes a reason, urlencoded or multipart, and thanks', async () => {
		const path = await pathFor('why@example.org', 'fr')
		await app.request.post(path).expect(200)
		const thanks = await app.request
			.post(`${path}/reason?locale=fr`)
			.type('form')
			.send({ reason: 'too_many', comment: '<b>Merci</b> & au revoir' })
			.expect(200)
		expect(thanks.text).toContain('<h1>Merci</h1>')
		expect(await subscriptionOf(app, 'why@example.org')).toMatchObject({
			unsubscribe_reason: 'too_many',
			unsubscribe_comment: '<b>Merci</b> & au revoir',
		})
		await app.request.post(`${path}/reason`).field('reason', 'other').expect(200)
		expect(await subscriptionOf(app, 'why@example.org')).toMatchObject({ unsubscribe_reason: 'other' })
	})

	it('says what is wrong with a reason, in words and for screen readers, and keeps what was written', async () => {
		const path = await pathFor('wrong@example.org')
		await app.request.post(path).expect(200)
		const send = (fields: object) => app.request.post(`${path}/reason?locale=en`).type('form').send(fields)
		const none = await send({ comment: 'only words' }).expect(422)
		expect(none.text).toContain('Choose one of the reasons.')
		expect(none.text).toContain('aria-describedby="reason-mistake why-hint"')
		expect(none.text).toContain('>only words</textarea>')
		const long = await send({ reason: 'other', comment: '</textarea>'.repeat(60) }).expect(422)
		expect(long.text).toContain('aria-describedby="comment-mistake comment-hint" aria-invalid="true"')
		expect(long.text).toContain('value="other" checked')
		expect(long.text.match(/<\/textarea>/g)).toHaveLength(1)
		await app.request.post(`${path}/reason`).expect(422)
		await send({ reason: 'x'.repeat(100_000) }).expect(413)
		expect(await subscriptionOf(app, 'wrong@example.org')).toMatchObject({ unsubscribe_reason: null })
	})

	it('takes no reason from who has not left', async () => {
		const path = await pathFor('stays@example.org')
		const page = await app.request.post(`${path}/reason`).type('form').send({ reason: 'other' }).expect(200)
		expect(page.text).toContain('Unsubscribe?')
	})
})

describe('the log', () => {
	it('holds no token and no address of all this (T1)', async () => {
		const path = await pathFor('unlogged@example.org')
		await app.request.post(path)
		await app.request.post(`${path}/reason`).type('form').send({ reason: 'other', comment: 'a private word' })
		const log = app.logged.join('\n')
		expect(log).toContain('/unsubscribe/:token')
		for (const secret of [path.split('/').at(-1) ?? '', 'unlogged', 'private word'])
			expect(log).not.toContain(secret)
	})
})

/** Sends a body in pieces and gives the status, which may come before the body has ended. */
function postLarge(url: string, bytes: number): Promise<number | undefined> {
	return new Promise((resolve, reject) => {
		const request = httpRequest(url, {
			method: 'POST',
			headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': bytes },
		})
		request.on('response', (response) => {
			response.resume()
			resolve(response.statusCode)
		})
		request.on('error', reject)
		request.end(Buffer.alloc(bytes, 'a'))
	})
}
