import PostalMime, { type Email } from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { createApiKey } from '../../src/staff/index.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let relay: SmtpSink
let app: TestApp
let authorization: string

beforeAll(async () => {
	relay = await startSmtpSink()
	app = await startTestApp({
		config: { smtpUrl: relay.url, bounceDomain: 'bounces.example.org', recordIp: true },
	})
	const { key } = await createApiKey(app, { name: 'flow', scopes: null }, operator)
	authorization = `Bearer ${key}`
	await staff('post', '/newsletters', {
		slug: 'news',
		fromAddress: 'news@example.org',
		postalAddress: '12 Harbour Street, Montréal',
		contact: 'hello@example.org',
		texts: { en: { name: 'News' }, fr: { name: 'Nouvelles' } },
	})
	for (const [locale, title] of [
		['en', 'A well that works'],
		['fr', 'Un puits qui fonctionne'],
	] as const) {
		await staff('post', '/newsletters/news/stories', {
			locale,
			title,
			summary: `${title}.`,
			link: `https://example.org/${locale}/well`,
		})
	}
})
afterAll(async () => {
	await app.close()
	await relay.close()
})

async function staff(method: 'get' | 'post', path: string, body?: object) {
	const answer = await app.request[method](`/api/v1${path}`).set('Authorization', authorization).send(body)
	expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
	return answer.body
}

async function newestFor(address: string): Promise<Email> {
	const mail = relay.to(address).at(-1)
	expect(mail, `a mail for ${address}`).toBeDefined()
	return PostalMime.parse(mail?.raw ?? '')
}

const header = (mail: Email, name: string): string[] =>
	mail.headers.filter(({ key }) => key === name.toLowerCase()).map(({ value }) => value)

const linkIn = (mail: Email, path: string): string =>
	new RegExp(`${app.url}(${path}[^\\s>]+)`).exec(mail.text ?? '')?.[1] ?? ''

const readers = [
	{ email: 'alice@readers.example', locale: 'en', title: 'A well that works' },
	{ email: 'benoit.roy@bücher.example', locale: 'fr', title: 'Un puits qui fonctionne' },
]
const asSent = (email: string) => email.replace('bücher', 'xn--bcher-kva')

describe('the main job, over a real relay', () => {
	it('takes readers in both languages in, and a link that is looked at changes nothing (U7, P1)', async () => {
		for (const { email, locale } of readers) {
			await app.request.post('/newsletters/news/subscriptions').type('form').send({ email, locale })
			await app.drain()
			const mail = await newestFor(asSent(email))
			expect(header(mail, 'Auto-Submitted')).toEqual(['auto-generated'])
			expect(header(mail, 'List-Unsubscribe')).toEqual([])
			const link = linkIn(mail, '/confirm/')
			for (const method of ['get', 'head', 'options'] as const) await app.request[method](link)
			expect((await counts()).active).toBe(readers.findIndex((reader) => reader.email === email))
			const confirmed = await app.request.post(link)
			expect(confirmed.status).toBe(200)
			expect(confirmed.text).toContain(`<html lang="${locale}"`)
		}
		expect(await counts()).toMatchObject({ active: 2, pending: 0 })
	})

	it('sends each the digest in their language, with every header a mail program wants (U2, U13, H1 to H4, H6 to H8, F1, F2, F7)', async () => {
		const { kind, digest } = await staff('post', '/newsletters/news/digests', {})
		expect(kind).toBe('created')
		await app.drain()
		const progress = await staff('get', `/digests/${digest.id}`)
		expect(progress.state).toBe('completed')
		expect(progress.counts).toMatchObject({
			candidates: 2,
			planned: 2,
			accepted: 2,
			refused: 0,
			inDoubt: 0,
			due: 0,
		})

		for (const { email, title, locale } of readers) {
			const sent = relay.to(asSent(email)).at(-1)
			const mail = await newestFor(asSent(email))
			expect(sent?.from).toMatch(/^bounces\+[0-9a-z.]{1,56}@bounces\.example\.org$/)
			for (const once of [
				'From',
				'To',
				'Subject',
				'Date',
				'Message-ID',
				'MIME-Version',
				'List-ID',
				'List-Unsubscribe',
				'Feedback-ID',
			]) {
				expect(header(mail, once), once).toHaveLength(1)
			}
			expect(header(mail, 'List-Unsubscribe-Post')).toEqual(['List-Unsubscribe=One-Click'])
			expect(header(mail, 'List-Unsubscribe')[0]).toMatch(/^<http:\/\/127\.0\.0\.1:\d+\/unsubscribe\/[^>]+>/)
			expect(header(mail, 'List-ID')[0]).toContain('<news.example.org>')
			expect(header(mail, 'List-Post')).toEqual(['NO'])
			expect(header(mail, 'Precedence')).toEqual(['bulk'])
			expect(header(mail, 'Auto-Submitted')).toEqual(['auto-generated'])
			expect(header(mail, 'Return-Path')).toEqual([])
			expect(header(mail, 'Disposition-Notification-To')).toEqual([])
			for (const part of [mail.html, mail.text]) {
				expect(part).toContain(title)
				expect(part).toContain('https://example.org/')
				expect(part).toContain('/unsubscribe/')
				expect(part).toContain('12 Harbour Street')
			}
			expect(mail.html).toContain(`lang="${locale}"`)
			expect(sent?.raw.indexOf('text/plain')).toBeLessThan(sent?.raw.indexOf('text/html') ?? 0)
			expect(Math.max(...(sent?.raw.split('\r\n') ?? []).map((line) => line.length))).toBeLessThan(999)
		}
	})

	it('shows the digest in a browser without anybody’s own links', async () => {
		const mail = await newestFor('alice@readers.example')
		const page = await app.request.get(linkIn(mail, '/digests/'))
		expect(page.status).toBe(200)
		expect(page.text).toContain('A well that works')
		expect(page.text).not.toMatch(/unsubscribe\/|alice|slot_/)
		expect(page.headers['content-security-policy']).toContain(`default-src 'none'`)
		expect(page.headers['content-security-policy']).not.toContain('script-src')
	})

	it('lets a mail program unsubscribe by one POST, urlencoded or multipart, as often as it likes (U4, U5, U6, U9)', async () => {
		const mail = await newestFor('alice@readers.example')
		const url = /<http:\/\/[^/]+([^>]+)>/.exec(header(mail, 'List-Unsubscribe')[0] ?? '')?.[1] ?? ''
		await app.request.get(url).expect(200)
		expect((await counts()).active).toBe(2)
		await app.request.post(url).field('List-Unsubscribe', 'One-Click').expect(200)
		await app.request.post(url).type('form').send('List-Unsubscribe=One-Click').expect(200)
		expect(await counts()).toMatchObject({ active: 1, unsubscribed: 1 })
	})

	it('finds nothing new, then sends a new story to those who stayed and to nobody else (U11)', async () => {
		expect(await staff('post', '/newsletters/news/digests', {})).toMatchObject({ kind: 'nothing_new' })
		await staff('post', '/newsletters/news/stories', {
			locale: 'fr',
			title: 'Une seconde histoire',
			summary: 'Brève.',
			link: 'https://example.org/fr/second',
		})
		const before = relay.messages.length
		const { digest } = await staff('post', '/newsletters/news/digests', {})
		await app.drain()
		expect(relay.messages.slice(before).map(({ to }) => to)).toEqual(['benoit.roy@xn--bcher-kva.example'])
		expect((await staff('get', `/digests/${digest.id}`)).counts).toMatchObject({ accepted: 1 })
		expect(relay.messages.at(-1)?.raw).not.toContain('Un puits')
	})

	it('wrote no address, token or key into the log', () => {
		const log = app.logged.join('\n')
		expect(log).not.toMatch(/alice|benoit|readers\.example|xn--/)
		expect(log).not.toMatch(/unsubscribe\/1\.|confirm\/[A-Za-z0-9_-]{20}/)
		expect(log).not.toContain(authorization.slice(7))
	})
})

async function counts(): Promise<Record<string, number>> {
	return staff('get', '/newsletters/news/subscriptions/counts')
}
