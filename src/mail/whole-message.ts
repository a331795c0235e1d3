import { Readable, type Transform } from 'node:stream'
import type { MessagePiece } from '../kernel/mail.ts'

type Socket = {
	write(bytes: MessagePiece, encoding?: BufferEncoding): boolean
	cork(): void
	uncork(): void
}

/**
 * A message that Nodemailer takes for a stream but that goes to the socket at once, as soon as the relay is ready for
 * it (354). Nodemailer would look at each byte for leading dots: a third of the work of a bulk send.
 */
export class WholeMessage extends Readable {
	/** In bytes. */
	readonly size: number
	readonly isAscii: boolean
	/** Whether the end of the message has been handed to the socket: from here on a lost connection leaves a doubt. */
	dotSent = false
	readonly #pieces: readonly MessagePiece[]
	readonly #socket: () => Socket | undefined

	/** `pieces` are those of the wire, see `createWireFormer`. */
	constructor(pieces: readonly MessagePiece[], socket: () => Socket | undefined) {
		super()
		this.#pieces = pieces
		this.#socket = socket
		const characters = sumOf(pieces, (piece) => piece.length)
		this.size = sumOf(pieces, (piece) => Buffer.byteLength(piece))
		this.isAscii = this.size === characters
	}

	override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
		// Nodemailer's own stream stays empty: it lets go of the socket
		;(destination as unknown as Transform).unpipe()
		this.dotSent = true
		const socket = this.#socket()
		// corked, the pieces go out in one call to the system, and none of them is copied before
		socket?.cork()
		for (const piece of this.#pieces) socket?.write(piece, this.isAscii ? 'latin1' : 'utf8')
		socket?.uncork()
		return destination
	}
}

function sumOf<Item>(items: readonly Item[], pick: (item: Item) => number): number {
	return items.reduce((sum, item) => sum + pick(item), 0)
}
