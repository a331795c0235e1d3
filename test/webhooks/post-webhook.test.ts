import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPostWebhook } from '../../src/feeds/index.ts'

let server: Server
let port: number
const asked: string[] = []
beforeAll(async () => {
	server = createServer((request, response) => {
		asked.push(`${request.method} ${request.url}`)
		if (request.url === '/moved') response.writeHead(307, { location: '/elsewhere' }).end()
		else if (request.url === '/silent') return
		else if (request.url === '/endless') {
			response.writeHead(200)
			const timer = setInterval(() => response.write('x'.repeat(10_000)), 1)
			response.on('close', () => clearInterval(timer))
		} else response.writeHead(204).end()
	}).listen(0, '127.0.0.1')
	await new Promise((resolve) => server.on('listening', resolve))
	port = (server.address() as AddressInfo).port
})
afterAll(() => {
	server.closeAllConnections()
	server.close()
})

const open = (given: Partial<Parameters<typeof createPostWebhook>[0]> = {}) =>
	createPostWebhook({
		allowedHosts: [`127.0.0.1:${port}`],
		publicUrl: 'http://localhost:3000',
		timeoutMs: 400,
		...given,
	})
const send = (path: string, given = {}) =>
	open(given).post(`http://127.0.0.1:${port}${path}`, { headers: {}, body: '{}' })

it('A redirect is an answer and not followed; a silent target is not waited for, an endless answer not read', async () => {
	expect(await send('/fine')).toEqual({ status: 204 })
	expect(await send('/moved')).toEqual({ status: 307 })
	expect(asked).not.toContain('POST /elsewhere')
	expect(await send('/silent')).toEqual({ problem: 'timeout' })
	expect(await send('/endless')).toEqual({ status: 200 })
	expect(await open().post('http://127.0.0.1:1/', { headers: {}, body: '' })).toEqual({
		problem: 'forbidden_address',
	})
})

it('Nothing goes to a private network, whatever name it has, also where the name server changes its mind', async () => {
	const before = asked.length
	expect(await send('/fine', { allowedHosts: [] })).toEqual({ problem: 'forbidden_address' })
	const answers = [['93.184.216.34'], ['127.0.0.1']]
	const turning = open({ allowedHosts: [], resolve: async () => answers.shift() ?? [] })
	const address = `http://rebinding.example:${port}/`
	expect(await turning.judge(address)).toBeUndefined()
	expect(await turning.post(address, { headers: {}, body: '' })).toEqual({ problem: 'forbidden_address' })
	const inside = [
		'10.0.0.8',
		'169.254.169.254',
		'[::1]',
		'[::ffff:10.0.0.1]',
		'0.0.0.0',
		'100.64.0.1',
		'2130706433',
	]
	for (const host of inside) {
		expect(await open({ allowedHosts: [] }).judge(`http://${host}/`), host).toBe('forbidden_address')
	}
	expect(asked.length).toBe(before)
})

it('Only https will do where Envoi itself has it; a password in the address never does', async () => {
	const secure = open({ publicUrl: 'https://news.example.org' })
	for (const url of [
		'http://example.org/',
		'ftp://example.org/',
		'https://a:b@example.org/',
		'example.org',
		'',
	]) {
		expect(await secure.judge(url), url).toBe('address')
		expect(await secure.post(url, { headers: {}, body: '' })).toEqual({ problem: 'address' })
	}
	expect(await open({ resolve: async () => ['93.184.216.34'] }).judge('http://example.org/')).toBeUndefined()
})
