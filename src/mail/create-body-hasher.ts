import { createHash } from 'node:crypto'
import type { MessagePiece } from '../kernel/mail.ts'
import { canonicaliseBody } from './canonicalise-body.ts'
import { createPieceForms } from './create-piece-forms.ts'

/**
 * Makes the SHA-256 of bodies in the relaxed form that DKIM hashes (RFC 6376 §3.7); they have CRLF at the end of their
 * lines. The forms of what many messages share are kept as long as that is.
 */
export function createBodyHasher(): (body: string | readonly MessagePiece[]) => Buffer {
	const canonicalForm = createPieceForms(canonicalisePiece)

	return (body) => {
		const hash = createHash('sha256')
		if (typeof body === 'string') return hash.update(canonicaliseBody(body)).digest()
		const pieces = canBeTakenApart(body) ? body : [body.map((piece) => piece.toString('latin1')).join('')]
		for (const [index, piece] of pieces.entries()) {
			hash.update(canonicalForm(piece, index === pieces.length - 1))
		}
		return hash.digest()
	}
}

/** Whether no run of white space, and no empty lines at the end, go from one piece into the next. */
function canBeTakenApart(pieces: readonly MessagePiece[]): boolean {
	const end = pieces.at(-1)?.slice(-100).toString('latin1') ?? ''
	return /[!-~]/.test(end) && !pieces.slice(0, -1).some(endsInWhiteSpace)
}

// looked at as a number: there are dozens of pieces in a message
function endsInWhiteSpace(piece: MessagePiece): boolean {
	const last = typeof piece === 'string' ? piece.charCodeAt(piece.length - 1) : piece[piece.length - 1]
	return last === 0x20 || last === 0x09 || last === 0x0d
}

function canonicalisePiece(piece: string, isLast: boolean): string {
	if (isLast) return canonicaliseBody(piece)
	// the line breaks at its end count, for more follows: a mark beyond them keeps them
	return canonicaliseBody(`${piece}.`).slice(0, -'.\r\n'.length)
}
