import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { suppress } from '../../../src/suppressions/index.ts'
import {
	confirmPath,
	mailsTo,
	receiptsOf,
	signUp,
	stateOf,
	subscriptionOf,
	tally,
} from '../../subscriptions/people.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { testClock } from '../../support/test-clock.ts'
import { expectPrivate } from './expect-private.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
})
afterEach(() => app.drain())
afterAll(() => app.close())

const pathFor = async (email: string, locale?: string) => {
	const answer = await signUp(app, email, { locale })
	await app.drain()
	const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
	return { path: await confirmPath(app, email), cookie }
}

describe('GET /confirm/:token', () => {
	it('shows one button that posts, in the reader’s language, and changes nothing (P1, P2, T1)', async () => {
		const { path } = await pathFor('ada@example.org', 'fr')
		const before = await tally(app)
		const page = await app.request.get(path).expect(200)
		expect(page.text.match(/<button/g)).toHaveLength(1)
		expect(page.text).toContain(`<form action="${path}?locale=fr&amp;wording=1" method="post"`)
		expect(page.text).toContain('<html lang="fr"')
		expect(page.text).not.toContain('ada@')
		expectPrivate(page.headers)
		await app.request.head(path).expect(200)
		await app.request.options(path).expect(204)
		expect(await tally(app)).toEqual(before)
	})

	it('has the newsletter’s look and a language switch also where the link is not known, and no number', async () => {
		const page = await app.request.get('/confirm/x?locale=fr').expect(404)
		expect(page.text).toContain('<html lang="fr"')
		expect(page.text).toContain('/theme/0b5cad.css')
		expect(page.text).toContain('href="/confirm/x?locale=en"')
		const none = await app.request.get('//evil.example/x').set('Accept', 'text/html').expect(404)
		expect(none.text).toContain('href="/evil.example/x?locale=fr"')
		expect(none.text).toContain('/theme/0b5cad.css')
		expect(none.text).not.toMatch(/[\da-f]{8}-[\da-f]{4}-/)
	})

	it('leads a new reader on: to the organisation’s site, to the contacts, and to no digest where none went out', async () => {
		await makeNewsletter(app, { slug: 'beginning', sites: ['https://www.hands.example/en'] })
		await signUp(app, 'new@example.org', { newsletter: 'beginning' })
		await app.drain()
		const page = await app.request.post(await confirmPath(app, 'new@example.org')).expect(200)
		expect(page.text).toContain('<a href="https://www.hands.example/en">Visit hands.example</a>')
		expect(page.text).toContain('Add news@charity.example to your contacts')
		expect(page.text).not.toContain('/digests/')
	})

	it('has no script for a browser that did not sign up: a scanner never submits (P1)', async () => {
		const { path, cookie } = await pathFor('scanner@example.org')
		const elsewhere = await app.request.get(path).expect(200)
		expect(elsewhere.text).not.toContain('<script')
		const { cookie: foreign } = await pathFor('another@example.org')
		expect((await app.request.get(path).set('Cookie', foreign).expect(200)).text).not.toContain('<script')
		const same = await app.request.get(path).set('Cookie', cookie).expect(200)
		expect(same.text).toContain('<script type="module" src="/assets/confirm-at-once.js"></script>')
		await app.request.get('/assets/confirm-at-once.js').expect(200)
		expect(await stateOf(app, 'scanner@example.org')).toBe('pending')
	})

	it('can be read in the other language, and the button then stays in it', async () => {
		const { path } = await pathFor('switch@example.org')
		const english = await app.request.get(path).expect(200)
		expect(english.text).toContain(`href="${path}?locale=fr"`)
		const french = await app.request.get(`${path}?locale=fr`).expect(200)
		expect(french.text).toContain(`action="${path}?locale=fr&amp;wording=1"`)
		expect((await app.request.get(`${path}?locale=xx&a=b`).expect(200)).text).toContain('lang="en"')
	})

	it('says what to do where the link is unknown or was cut off', async () => {
		const { path } = await pathFor('cut@example.org')
		for (const wrong of [
			path.slice(0, -3),
			`${path}x`,
			'/confirm/%00',
			'/confirm/%E0%A4%A',
			`/confirm/${'x'.repeat(4_000)}`,
		]) {
			const page = await app.request.get(wrong).set('Accept', 'text/html').expect(404)
			expect(page.text).toContain('<h1>')
			await app.request.post(wrong).expect(404)
		}
		const page = await app.request.get(`${path}x`).set('Accept-Language', 'fr').expect(404)
		expect(page.text).toContain('Ce lien ne fonctionne pas')
		expectPrivate(page.headers)
	})
})

describe('POST /confirm/:token', () => {
	it('confirms, and says so again however often it is repeated', async () => {
		const { path } = await pathFor('twice@example.org')
		const first = await app.request.post(path).expect(200)
		expect(first.text).toContain('You are subscribed</h1>')
		expectPrivate(first.headers)
		const second = await app.request.post(path).type('form').send({ a: 'b' }).expect(200)
		expect(second.text).toContain('You are subscribed already')
		expect((await app.request.get(path).expect(200)).text).toContain('You are subscribed already')
		const { id } = await subscriptionOf(app, 'twice@example.org')
		expect((await receiptsOf(app, id)).map(({ action, page }) => [action, page])).toEqual([
			['requested', 'api'],
			['confirmed', `${app.url}/confirm`],
		])
	})

	it('heeds a link with what a mail program took along, and its page leads on by the link as it was', async () => {
		const { path } = await pathFor('along@example.org')
		for (const extra of ['.', '%E2%80%8B', '=0A', '&gt;', '%A0', '%']) {
			const page = await app.request.get(path + extra).expect(200)
			expect(page.text).toContain(`<form action="${path}?locale=en&amp;wording=1" method="post"`)
		}
		await app.request.post(`${path}%20).`).expect(200)
		expect(await stateOf(app, 'along@example.org')).toBe('active')
		await app.request.post(`${path}a`).set('Accept', 'text/html').expect(404)
	})

	it('says that the link has expired, and sends a new one where that is asked for (T3)', async () => {
		const { path } = await pathFor('late@example.org')
		app.clock.advance({ hours: app.config.confirmHours, seconds: 1 })
		const page = await app.request.post(path).expect(410)
		expect(page.text).toContain('This link has expired')
		expect(page.text).toContain(`action="${path}/resend?locale=en"`)
		expect(await stateOf(app, 'late@example.org')).toBe('pending')
		const resent = await app.request.post(`${path}/resend`).expect(200)
		expect(resent.text).toContain('l•••@example.org')
		expect(String(resent.headers['set-cookie'])).toContain('signup_news=')
		await app.drain()
		expect(await mailsTo(app, 'late@example.org')).toHaveLength(2)
		await app.request.post(await confirmPath(app, 'late@example.org')).expect(200)
		await app.request.get(`${path}/resend`).set('Accept', 'text/html').expect(405)
		await app.request.post('/confirm/nonsense/resend').expect(404)
	})

	it('answers the same however often a new link is asked for, and mails two more in a day (T3)', async () => {
		const { path } = await pathFor('resend@example.org')
		for (let times = 1; times <= 6; times++) {
			await app.request.post(`${path}/resend`).expect(200)
			await app.drain()
		}
		expect(await mailsTo(app, 'resend@example.org')).toHaveLength(3)
		await app.request.post(path).expect(200)
		expect(await stateOf(app, 'resend@example.org')).toBe('active')
	})

	it('sends one new link for two clicks at once', async () => {
		// whose time goes on, as the mail of one click may be out before it is the other's turn
		let aheadMs = 0
		const real = await startTestApp({
			clock: { ...testClock(), now: () => new Date(Date.now() + aheadMs) },
		})
		await makeNewsletter(real, { slug: 'news' })
		await signUp(real, 'clicks@example.org')
		await real.drain()
		const path = await confirmPath(real, 'clicks@example.org')
		aheadMs = 60_000
		await Promise.all([1, 2].map(() => real.request.post(`${path}/resend`).expect(200)))
		await real.drain()
		expect(await mailsTo(real, 'clicks@example.org')).toHaveLength(2)
		await real.request.post(`${path}/resend`).expect(200)
		await real.drain()
		expect(await mailsTo(real, 'clicks@example.org')).toHaveLength(2)
		await real.close()
	})

	it('tells a person who once asked never to be mailed whom to turn to', async () => {
		const { path } = await pathFor('barred@example.org')
		const addressHash = hashAddress(app.keys, 'barred@example.org')
		await suppress(app.db, { addressHash, reason: 'staff', evidence: null, at: app.clock.now() })
		const page = await app.request.post(path).expect(409)
		expect(page.text).toContain('mailto:team@charity.example')
		expect(await stateOf(app, 'barred@example.org')).toBe('pending')
	})

	it('needs neither cookie nor Referer nor body, and never looks at a body', async () => {
		const { path } = await pathFor('bare@example.org')
		await app.request.post(path).set('Content-Type', 'application/json').send('{"broken":').expect(200)
		expect(await stateOf(app, 'bare@example.org')).toBe('active')
	})
})

describe('the log', () => {
	it('holds no token and no address of all this (T1)', async () => {
		const { path } = await pathFor('unlogged@example.org')
		await app.request.get(path)
		await app.request.post(path)
		const log = app.logged.join('\n')
		expect(log).toContain('/confirm/:token')
		for (const secret of [path.replace('/confirm/', ''), 'unlogged']) expect(log).not.toContain(secret)
	})
})
