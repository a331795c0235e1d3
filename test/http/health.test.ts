import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp()
})
afterAll(() => app.close())

describe('health', () => {
	it('says that the process answers', async () => {
		await app.request.get('/healthz').expect(200, { status: 'ok' })
	})

	it('names database, queue and relay, each with its state', async () => {
		await app.request
			.get('/readyz')
			.expect(200, { ready: true, checks: { database: 'ok', queue: 'ok', relay: 'ok' } })
	})

	it('is not ready while the relay is away, and says which part it is', async () => {
		const cutOff = await startTestApp({ config: { smtpUrl: 'smtp://127.0.0.1:1?tls=never' } })
		await cutOff.request
			.get('/readyz')
			.expect(503, { ready: false, checks: { database: 'ok', queue: 'ok', relay: 'failed' } })
		expect(cutOff.logged.join('\n')).toContain('a part is not ready')
		await cutOff.close()
	})
})

describe('every answer', () => {
	it('carries a strict policy and a request id that the log has too', async () => {
		const answer = await app.request.get('/nowhere').set('Accept', 'text/html').expect(404)
		expect(answer.headers['content-security-policy']).toContain(`default-src 'none'`)
		expect(answer.headers['content-security-policy']).not.toContain('unsafe')
		expect(answer.headers['x-powered-by']).toBeUndefined()
		const id = answer.headers['x-request-id']
		expect(app.logged.some((line) => line.includes(`"requestId":"${id}"`))).toBe(true)
	})

	it('tells an error in the person’s language, as a page', async () => {
		const answer = await app.request
			.get('/nowhere')
			.set('Accept', 'text/html')
			.set('Accept-Language', 'fr-CA')
			.expect(404)
		expect(answer.text).toContain('<html lang="fr"')
		expect(answer.text).toContain('Il n’y a rien à cette adresse')
	})

	it('tells an error as JSON under /api, in one form', async () => {
		const answer = await app.request.get('/api/v1/nowhere').set('Accept-Language', 'fr').expect(404)
		expect(answer.body).toEqual({
			code: 'not_found',
			message: 'Il n’y a rien à cette adresse.',
			fields: [],
			requestId: answer.headers['x-request-id'],
		})
	})

	it('refuses another method on a known path, and says which it takes', async () => {
		const answer = await app.request.post('/healthz').expect(405)
		expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS')
	})

	it('finds nothing at a path that can’t be decoded', async () => {
		await app.request.get('/newsletters/%E0%A4%A').expect(404)
	})
})
