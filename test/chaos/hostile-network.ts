import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { randomOf } from './random.ts'

export type HostileNetwork = {
	port: number
	/** How many connections it has cut so far. */
	cuts: number
	close(): Promise<void>
}

/** How long bytes are on their way in each direction. */
const delayMs = 5
/** So many of the connections are cut … */
const cutShare = 0.25
/** … at any byte up to these: in the middle of a group, of a message or of a reply. */
const most = { there: 60_000, back: 800 }

type Direction = keyof typeof most

/** A network between workers and relay that takes its time and cuts connections; which, and where, is decided by the seed. */
export async function startHostileNetwork(seed: number, relayPort: number): Promise<HostileNetwork> {
	const sockets = new Set<Socket>()
	let connections = 0
	const server = createServer({ noDelay: true }, (near) => {
		const number = ++connections
		const far = connect({ port: relayPort, host: '127.0.0.1', noDelay: true })
		for (const socket of [near, far]) {
			sockets.add(socket)
			socket.on('error', () => {})
			socket.once('close', () => sockets.delete(socket))
		}
		const isCut = randomOf(seed, `cut ${number}`) < cutShare
		const direction: Direction = randomOf(seed, `direction ${number}`) < 0.5 ? 'there' : 'back'
		const cutAt = 1 + Math.floor(randomOf(seed, `byte ${number}`) * most[direction])
		const limitOf = (way: Direction) => (isCut && way === direction ? cutAt : Number.POSITIVE_INFINITY)
		const onCut = () => {
			network.cuts += 1
		}
		pass(near, far, limitOf('there'), onCut)
		pass(far, near, limitOf('back'), onCut)
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	const network: HostileNetwork = {
		port: (server.address() as AddressInfo).port,
		cuts: 0,
		close: () =>
			new Promise((resolve) => {
				for (const socket of sockets) socket.destroy()
				server.close(() => resolve())
			}),
	}
	return network
}

/** Passes on so many bytes, then ends the connection: what came before the cut arrives. */
function pass(from: Socket, to: Socket, limit: number, onCut: () => void): void {
	let passed = 0
	const later = (work: () => void) => setTimeout(work, delayMs)
	from.on('data', (bytes: Buffer) => {
		const whole = bytes.subarray(0, Math.max(0, limit - passed))
		const isCut = passed < limit && passed + bytes.length >= limit
		passed += bytes.length
		later(() => {
			if (to.writable) to.write(whole)
			if (!isCut) return
			onCut()
			to.end()
			from.destroy()
		})
	})
	from.on('end', () => later(() => to.end()))
	from.on('close', () => later(() => to.end()))
}
