import type { Server, Socket } from 'node:net'
import { networkOf } from '../kernel/networks-of.ts'

/** Longer than any honest sender takes for what may be brought at once. */
const longestMs = 900_000

/**
 * Counts the connections of each network, and ends those that go on for a quarter of an hour: one that says a word now
 * and then is never idle. Gives how many a network has at the moment.
 */
export function countConnections(server: Server): (address: string) => number {
	const open = new Map<string, number>()
	server.on('connection', (socket: Socket) => {
		const network = networkOf(socket.remoteAddress ?? '')
		open.set(network, (open.get(network) ?? 0) + 1)
		const timer = setTimeout(() => socket.destroy(), longestMs).unref()
		socket.once('close', () => {
			clearTimeout(timer)
			const left = (open.get(network) ?? 1) - 1
			if (left > 0) open.set(network, left)
			else open.delete(network)
		})
	})
	return (address) => open.get(networkOf(address)) ?? 0
}
