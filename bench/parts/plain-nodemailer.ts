import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import { measure, type StoredMessage, tell } from './measure.ts'

// The baseline: Nodemailer's own pool, given ready messages, and nothing else to do.
// usage: plain-nodemailer.ts PORT CONNECTIONS COUNT FILE_OF_MESSAGES

const [port = 0, connections = 1, count = 0] = process.argv.slice(2, 5).map(Number)
const messages: StoredMessage[] = JSON.parse(readFileSync(process.argv[5] ?? '', 'utf8'))

const transport = createTransport({
	pool: true,
	host: '127.0.0.1',
	port,
	ignoreTLS: true,
	maxConnections: connections,
	maxMessages: Number.POSITIVE_INFINITY,
})

let next = 0
async function sendNext(): Promise<void> {
	while (next < count) {
		const message = messages[next % messages.length]
		next += 1
		if (message) await transport.sendMail({ envelope: message.envelope, raw: message.raw })
	}
}

tell(
	await measure(count, async () => {
		await Promise.all(Array.from({ length: connections * 2 }, sendNext))
	}),
)
transport.close()
