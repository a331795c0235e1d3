import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp()
})
afterAll(() => app.close())

describe('health', () => {
	it('says that the process answers', async () => {
		await app.request.get('/healthz').expect(200, { status: 'ok' })
	})

	it('names database and queue, each with its state, and says that mail is captured', async () => {
		await app.request
			.get('/readyz')
			.expect(200, { ready: true, mail: 'captured', checks: { database: 'ok', queue: 'ok' } })
	})

	it('counts captured mail as captured, not as accepted', async () => {
		await app.mailer.send({
			envelope: { from: 'a@example.org', to: 'b@example.net' },
			raw: 'Subject: x\r\n\r\n',
		})
		const { text } = await app.request.get('/metrics').expect(200)
		expect(text).toContain('envoi_mail{mail="captured"} 1')
		expect(text).toContain('envoi_messages_total{kind="digest",outcome="captured"} 1')
		expect(text).toContain('envoi_messages_total{kind="digest",outcome="accepted"} 0')
	})

	it('shows captured mail and metrics to this machine alone, and through no proxy, however plain', async () => {
		const { port } = new URL(app.url)
		const own = `127.0.0.1:${port}`
		const ask = (path: string, version: string, ...fields: string[]) =>
			statusOf(Number(port), [`GET ${path} HTTP/${version}`, ...fields].join('\r\n'))
		for (const path of ['/dev/mailbox', '/dev/mailbox/1', '/dev/mailbox/1/source', '/metrics']) {
			for (const host of [own, `localhost:${port}`, 'LOCALHOST', `[::1]:${port}`]) {
				expect(await ask(path, '1.1', `Host: ${host}`)).toBe(200)
			}
			// what nginx sends where nothing is set but proxy_pass, by address and by the name of an upstream
			expect(await ask(path, '1.0', `Host: ${own}`, 'Connection: close')).toBe(404)
			expect(await ask(path, '1.1', 'Host: envoi_backend', 'Connection: close')).toBe(404)
			expect(await ask(path, '1.1', 'Host: news.example.org')).toBe(404)
			expect(await ask(path, '1.1', 'Host: localhost.example.org')).toBe(404)
			for (const field of [
				'X-Forwarded-For',
				'X-Forwarded-Proto',
				'Forwarded',
				'Via',
				'X-Real-IP',
				'CF-Ray',
				'True-Client-IP',
			]) {
				expect(await ask(path, '1.1', `Host: ${own}`, `${field}: x`)).toBe(404)
			}
		}
		const answer = await app.request
			.get('/dev/mailbox')
			.set('Host', 'news.example.org')
			.set('Accept-Language', 'fr')
		expect(answer.text).toContain('à l’adresse localhost et sans mandataire')
	})

	it('is not ready while the relay is away, and says which part it is', async () => {
		const cutOff = await startTestApp({ config: { smtpUrl: 'smtp://127.0.0.1:1?tls=never' } })
		await cutOff.request
			.get('/readyz')
			.expect(503, { ready: false, mail: 'relay', checks: { database: 'ok', queue: 'ok', relay: 'failed' } })
		expect(cutOff.logged.join('\n')).toContain('a part is not ready')
		await cutOff.close()
	})
})

/** The status of the answer to a request as it is written here. */
function statusOf(port: number, head: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\n\r\n`))
		socket.setEncoding('latin1').once('data', (answer: string) => {
			socket.destroy()
			resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]))
		})
		socket.once('error', reject)
	})
}

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
