import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRenderPage } from '../../src/http/index.ts'
import { createHttpApp } from '../../src/http/server/create-http-app.ts'
import { defineRoute } from '../../src/http/server/route.ts'
import { operator } from '../../src/kernel/actor.ts'
import { findDatabaseTrouble } from '../../src/kernel/database-trouble.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp({ config: { publicUrl: 'https://x.example/news' } })
	await makeNewsletter(app, { slug: 'weekly' })
})
afterAll(() => app.close())

const pages = [
	'/',
	'/newsletters/weekly/en',
	'/newsletters/weekly/en/form',
	'/api/docs',
	'/nothing',
	'/confirm/x',
]

describe('Envoi at an address with a path', () => {
	it.each(['', '/news'])(
		'answers whether a proxy takes the path away or not (it hands on “%s”)',
		async (handedOn) => {
			const seen = new Set<string>()
			for (const page of pages) {
				const { text, status } = await app.request.get(handedOn + page)
				expect(status).toBeLessThan(500)
				for (const [, link = ''] of text.matchAll(
					/ (?:href|src|action)="(\/[^"]*|https:\/\/x\.example[^"]*)"/g,
				)) {
					seen.add(link.replace('https://x.example', '').split('#')[0] ?? '')
				}
			}
			expect(seen.size).toBeGreaterThan(8)
			for (const link of seen) {
				expect(link).toMatch(/^\/news(?:\/|$)/)
				const answer = await app.request.get(link.replaceAll('&amp;', '&'))
				if (link.includes('/assets/')) expect([link, answer.status]).toEqual([link, 200])
			}
		},
	)

	it.each(['', '/news'])('keeps it in redirects', async (handedOn) => {
		const { headers } = await app.request.get(`${handedOn}/newsletters/weekly/subscriptions`)
		expect(headers.location).toMatch(/^(?:https:\/\/x\.example)?\/news\/newsletters\/weekly/)
	})

	it.each(['', '/news'])('leads who signs in to the page that was wanted', async (handedOn) => {
		const { headers } = await app.request.get(`${handedOn}/console/people`)
		expect(headers.location).toBe('/news/console/sign-in?to=%2Fconsole%2Fpeople')
	})

	it('takes nothing away that only begins alike', async () => {
		await app.request.get('/newsletters/weekly/en').expect(200)
		await app.request.get('/newsroom').expect(404)
	})
})

describe('a database that can’t', () => {
	it.each([
		[{ code: '57P01' }, 'away'],
		[{ code: '08006' }, 'away'],
		[{ code: '53300' }, 'busy'],
		[{ code: '53100' }, 'full'],
		[{ message: 'Connection terminated unexpectedly' }, 'away'],
		[{ message: 'timeout exceeded when trying to connect' }, 'busy'],
		[{ message: 'x', cause: { code: 'ECONNREFUSED' } }, 'away'],
		[{ errors: [{ code: 'ECONNREFUSED' }] }, 'away'],
		[{ code: '23505' }, undefined],
		[new Error('x'), undefined],
		['x', undefined],
	])('is told from a fault of ours: %j', (error, trouble) => {
		expect(findDatabaseTrouble(error)).toBe(trouble)
	})

	it.each([
		['53300', '30'],
		['57P03', '30'],
		['53100', '300'],
	])('is a 503 with Retry-After and a sentence, on pages and in the API: %s', async (code, after) => {
		const fail = (path: `/${string}`) =>
			defineRoute({
				method: 'get',
				path,
				tag: 'Pages',
				summary: 'x',
				access: 'public',
				responses: {},
				handle: () => {
					throw Object.assign(new Error('relation “MARK”'), { code, severity: 'FATAL' })
				},
			})
		const http = createHttpApp({
			routes: [fail('/page'), fail('/api/v1/x')],
			messages: app.messages,
			renderPage: createRenderPage(app.messages, app.config),
			log: app.log,
			trustProxy: 0,
			secure: false,
			basePath: '',
			findFrame: async () => ({ languages: [] }),
			findSignedIn: async () => undefined,
			authenticate: async () => operator,
			isLocal: () => false,
			stopping: new AbortController().signal,
			countRequest: () => {},
		})
		const page = await supertest(http).get('/page').set('Accept', 'text/html').set('Accept-Language', 'fr')
		const api = await supertest(http).get('/api/v1/x')
		expect([page.status, api.status]).toEqual([503, 503])
		expect([page.headers['retry-after'], api.headers['retry-after']]).toEqual([after, after])
		expect(page.text).toContain('rien n’a été modifié')
		expect(api.body).toMatchObject({
			code: 'unavailable',
			message: expect.stringContaining('nothing was changed'),
		})
		expect(page.text + JSON.stringify(api.body)).not.toContain('MARK')
	})
})
