import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

// A network between this machine and a relay: what goes through takes so many milliseconds in each direction.
// usage: delay-proxy.ts HOST PORT MILLISECONDS; tells the port it listens on.

const [host = '127.0.0.1', port = '25', milliseconds = '0'] = process.argv.slice(2)
const delayMs = Number(milliseconds)

const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
	const far = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true })
	pass(near, far)
	pass(far, near)
})

function pass(from: Socket, to: Socket): void {
	const later = (work: () => void) => (delayMs > 0 ? setTimeout(work, delayMs) : work())
	from.on('data', (bytes) => later(() => to.writable && to.write(bytes)))
	from.on('end', () => later(() => to.end()))
	from.on('close', () => later(() => to.destroy()))
	from.on('error', () => {})
}

process.once('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
