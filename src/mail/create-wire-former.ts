import type { MessagePiece, RawMessage } from '../kernel/mail.ts'
import { canonicaliseLineEnds } from './canonicalise-line-ends.ts'
import { createPieceForms } from './create-piece-forms.ts'

export type WireFormer = (raw: RawMessage) => MessagePiece[]

/**
 * Makes of messages what DATA carries: only whole line ends, leading dots doubled, the final dot added (RFC 5321
 * §4.5.2). The forms of what many messages share are kept as long as that is.
 */
export function createWireFormer(): WireFormer {
	const formOf = createPieceForms(stuffDots)

	return (raw) => {
		if (typeof raw === 'string') {
			const text = canonicaliseLineEnds(raw)
			return [stuffDots(text, true) + finalDot(text.endsWith('\n'))]
		}
		const pieces: MessagePiece[] = [stuffDots(canonicaliseLineEnds(raw.header), true)]
		let beginsLine = true
		for (const piece of raw.body) {
			pieces.push(formOf(piece, beginsLine))
			if (piece.length > 0) beginsLine = piece.at(-1) === '\n' || piece.at(-1) === lineFeed
		}
		pieces.push(finalDot(beginsLine))
		return pieces
	}
}

/** A message as BDAT carries it: only whole line ends, dots as they are (RFC 3030 §2). */
export function toChunk(raw: RawMessage): MessagePiece[] {
	if (typeof raw === 'string') {
		const text = canonicaliseLineEnds(raw)
		return [text.endsWith('\n') ? text : `${text}\r\n`]
	}
	const pieces: MessagePiece[] = [canonicaliseLineEnds(raw.header), ...raw.body]
	const last = raw.body.findLast((piece) => piece.length > 0)?.at(-1)
	if (last !== undefined && last !== '\n' && last !== lineFeed) pieces.push('\r\n')
	return pieces
}

const lineFeed = 0x0a

function stuffDots(text: string, beginsLine: boolean): string {
	return (beginsLine && text.startsWith('.') ? '.' : '') + text.replaceAll('\n.', '\n..')
}

function finalDot(beginsLine: boolean): string {
	return beginsLine ? '.\r\n' : '\r\n.\r\n'
}
