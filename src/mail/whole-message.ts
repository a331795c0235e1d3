import { Readable, type Transform } from 'node:stream'
import { canonicaliseLineEnds } from './canonicalise-line-ends.ts'

type Socket = { write(bytes: Buffer): boolean }

/**
 * A message that Nodemailer takes for a stream but that goes to the socket in one piece, as soon as the relay is
 * ready for it (354). Nodemailer would look at each byte for leading dots: a third of the work of a bulk send.
 */
export class WholeMessage extends Readable {
	readonly bytes: Buffer
	readonly isAscii: boolean
	/** Whether the end of the message has been handed to the socket: from here on a lost connection leaves a doubt. */
	dotSent = false
	readonly #socket: () => Socket | undefined

	constructor(raw: string | Buffer, socket: () => Socket | undefined) {
		super()
		const text = toWire(raw.toString())
		this.bytes = Buffer.from(text)
		this.isAscii = this.bytes.length === text.length
		this.#socket = socket
	}

	override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
		// Nodemailer's own stream stays empty: it lets go of the socket
		;(destination as unknown as Transform).unpipe()
		this.dotSent = true
		this.#socket()?.write(this.bytes)
		return destination
	}
}

/** A message as DATA carries it: only whole line ends, leading dots doubled, the final dot added (RFC 5321 §4.5.2). */
export function toWire(raw: string): string {
	const stuffed = canonicaliseLineEnds(raw).replace(/\n\./g, '\n..')
	return `${stuffed.startsWith('.') ? '.' : ''}${stuffed}${stuffed.endsWith('\r\n') ? '' : '\r\n'}.\r\n`
}
