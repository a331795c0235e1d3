import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { createLimiter } from '../../src/limits/create-limiter.ts'
import { connectRedis, untilReady } from '../../src/queues/connect-redis.ts'

const log = { info() {}, warn() {}, error() {}, child: () => log }

it('a Redis that hangs holds nobody up for long: commands are given up, and limits go on in memory', async () => {
	let hangs = false
	const server = createServer((socket) => {
		socket.on('error', () => {})
		socket.on('data', (data) => {
			if (hangs) return
			const commands = data.toString().split(/(?=\*\d+\r\n)/)
			for (const command of commands) {
				socket.write(/\binfo\b/i.test(command) ? '$12\r\nloading:0\r\n \r\n' : '+OK\r\n')
			}
		})
	}).listen(0, '127.0.0.1')
	await new Promise((resolve) => server.once('listening', resolve))
	const { port } = server.address() as AddressInfo
	const redis = connectRedis(`redis://127.0.0.1:${port}`, 'fails_fast', log)
	await untilReady(redis, 5_000)
	hangs = true
	await expect(redis.ping()).rejects.toThrow(/timed out/i)
	const limiter = createLimiter({ kind: 'redis', client: redis }, log)
	const once = { points: 1, perSeconds: 60 }
	expect(await limiter.take('a', once)).toEqual({ ok: true })
	const begun = performance.now()
	expect(await limiter.take('a', once)).toMatchObject({ ok: false })
	expect(performance.now() - begun).toBeLessThan(1_000)
	redis.disconnect()
	server.close()
})
