import { type AddressInfo, createServer, type Socket } from 'node:net'
import { closeAfterwards } from './start-relay.ts'

export type RawRelay = {
	url: string
	/** Every packet that came, by connection. */
	heard: string[][]
}

/** What a relay does with a packet on its connection; `said` is all that it was sent on it so far. */
export type RawBehaviour = (
	packet: string,
	relay: { socket: Socket; connection: number; said: string; say(text: string): void },
) => void

/** A relay that does what no SMTP server should. It greets, unless `greeting` says otherwise; the rest is the test's. */
export async function startRawRelay(
	behave: RawBehaviour,
	greeting = '220 raw.test ESMTP\r\n',
): Promise<RawRelay> {
	const heard: string[][] = []
	const sockets = new Set<Socket>()
	const server = createServer({ noDelay: true }, (socket) => {
		sockets.add(socket)
		const packets: string[] = []
		const connection = heard.push(packets)
		let said = ''
		socket.on('error', () => {})
		socket.on('data', (bytes) => {
			const packet = bytes.toString('latin1')
			packets.push(packet)
			said += packet
			behave(packet, { socket, connection, said, say: (text) => socket.write(text.replace(/\n/g, '\r\n')) })
		})
		socket.write(greeting)
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	closeAfterwards(() => {
		for (const socket of sockets) socket.destroy()
		server.close()
	})
	return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?tls=never`, heard }
}
