import { Readable, type Transform } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Mailer, MessagePiece, ReadyMessage, SendOutcome } from '../../src/kernel/mail.ts'
import { createWireFormer } from '../../src/mail/create-wire-former.ts'
import type { SmtpMailerOptions } from '../../src/mail/smtp-mailer.ts'
import { readSmtpSettings } from '../../src/mail/smtp-settings.ts'

/**
 * The baseline of `npm run bench -- relay`: Nodemailer's own transaction over as many connections, which groups MAIL, RCPT
 * and DATA where it may, and then waits for each answer. A message goes to the socket at once, as it does in Envoi.
 */
export function createNodemailerRelay(options: SmtpMailerOptions): Mailer {
	const timeouts = { connectMs: 30_000, silenceMs: 600_000 }
	const settings = readSmtpSettings(options.url, { name: 'bench.example', timeouts })
	const toWire = createWireFormer()
	const idle: SMTPConnection[] = []
	const waiting: Array<() => void> = []
	let free = options.connections

	const open = async (): Promise<SMTPConnection> => {
		const connection = new SMTPConnection(settings.connection)
		await new Promise<void>((resolve, reject) => {
			connection.on('error', reject)
			connection.connect((error) => (error ? reject(error) : resolve()))
		})
		return connection
	}
	const transact = (connection: SMTPConnection, { envelope, raw }: ReadyMessage): Promise<SendOutcome> =>
		new Promise((resolve) => {
			const message = new WrittenAtOnce(toWire(raw), connection)
			const { from, to } = envelope
			connection.send({ from, to: [to], size: message.size }, message, (error, info) =>
				resolve(
					error
						? { kind: 'in_doubt', reason: error.message }
						: { kind: 'accepted', reply: info?.response ?? '' },
				),
			)
		})

	return {
		connections: options.connections,
		send: async (message) => {
			if (free > 0) free -= 1
			else await new Promise<void>((resolve) => waiting.push(resolve))
			try {
				const connection = idle.pop() ?? (await open())
				const outcome = await transact(connection, message)
				idle.push(connection)
				return outcome
			} finally {
				const next = waiting.shift()
				if (next) next()
				else free += 1
			}
		},
		verify: async () => {},
		close: async () => {
			for (const connection of idle) connection.close()
		},
	}
}

class WrittenAtOnce extends Readable {
	readonly size: number
	readonly #pieces: readonly MessagePiece[]
	readonly #connection: SMTPConnection

	constructor(pieces: readonly MessagePiece[], connection: SMTPConnection) {
		super()
		this.#pieces = pieces
		this.#connection = connection
		this.size = pieces.reduce((sum, piece) => sum + piece.length, 0)
	}

	override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
		;(destination as unknown as Transform).unpipe()
		const socket = this.#connection._socket || undefined
		socket?.cork()
		for (const piece of this.#pieces) socket?.write(piece, 'latin1')
		socket?.uncork()
		return destination
	}
}
