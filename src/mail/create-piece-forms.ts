import type { MessagePiece } from '../kernel/mail.ts'

/** Makes of a piece what is needed of it; `place` says how it stands in its message, where that makes a difference. */
type MakeForm = (text: string, place: boolean) => string

/**
 * Makes another form of pieces of messages: once of a piece that many messages share, and kept as long as that is. Pieces
 * are ASCII.
 */
export function createPieceForms(make: MakeForm): (piece: MessagePiece, place: boolean) => MessagePiece {
	const known = [new WeakMap<Buffer, Buffer>(), new WeakMap<Buffer, Buffer>()] as const

	return (piece, place) => {
		if (typeof piece === 'string') return make(piece, place)
		const forms = known[place ? 0 : 1]
		const found = forms.get(piece)
		if (found) return found
		const text = piece.toString('latin1')
		const form = make(text, place)
		// most need no other form, and are not kept twice
		const made = form === text ? piece : Buffer.from(form, 'latin1')
		forms.set(piece, made)
		return made
	}
}
