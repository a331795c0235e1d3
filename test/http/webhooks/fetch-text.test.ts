import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fetchText } from '../../../src/http/webhooks/fetch-text.ts'

let server: Server
let url: string
beforeAll(async () => {
	server = createServer((request, response) => {
		if (request.url === '/moved') response.writeHead(302, { Location: '/small' }).end()
		else if (request.url === '/missing') response.writeHead(404).end('a page')
		else if (request.url === '/large') response.end('x'.repeat(64 * 1024 + 1))
		else response.end('a certificate – é')
	})
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve)
	})
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

it('A small text is read', async () => {
	expect(await fetchText(`${url}/small`)).toBe('a certificate – é')
})

it.each(['/moved', '/missing', '/large'])('What is no such text is refused: %s', async (path) => {
	await expect(fetchText(url + path)).rejects.toThrow()
})

it('Where nobody answers it is refused', async () => {
	await expect(fetchText('http://127.0.0.1:1/')).rejects.toThrow()
})
