import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import express from 'express'
import { expect, it } from 'vitest'
import { readBody } from '../../../src/http/server/read-body.ts'
import type { FileStream } from '../../../src/http/server/read-file-stream.ts'

const bytes = 40_000_000

/** Sends a long body as browsers do: all of it, whatever comes back meanwhile. Gives the answer. */
async function send(port: number, type: string, head = ''): Promise<string> {
	const socket = connect(port)
	const answered = once(socket, 'data')
	const length = `Content-Type: ${type}\r\nContent-Length: ${head.length + bytes}`
	socket.write(`POST / HTTP/1.1\r\nHost: here\r\n${length}\r\n\r\n${head}`)
	const chunk = Buffer.alloc(100_000)
	for (let sent = 0; sent < bytes; sent += chunk.length) {
		if (!socket.write(chunk)) await once(socket, 'drain')
	}
	const [answer] = await answered
	socket.destroy()
	return String(answer)
}

const form = 'Content-Disposition: form-data; name="file"; filename="readers.xlsx"\r\n\r\n'

it.each([
	['as the body', 'application/octet-stream', ''],
	['of a form', 'multipart/form-data; boundary=b', `--b\r\n${form}`],
])(
	'A file %s that is refused by its beginning, or unread, is sent to its end, and answered',
	async (_, type, head) => {
		const app = express()
		app.post('/', async (request, response) => {
			const { content } = (await readBody(request, response, ['stream'], bytes * 2)) as FileStream
			if (reads) for await (const _first of content) break
			response.status(422).end()
		})
		const server = createServer(app).listen(0)
		await once(server, 'listening')
		let reads = true
		const { port } = server.address() as AddressInfo
		expect(await send(port, type, head)).toMatch(/^HTTP\/1.1 422/)
		reads = false
		expect(await send(port, type, head)).toMatch(/^HTTP\/1.1 422/)
		server.close()
	},
)
