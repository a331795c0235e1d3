import type { MessagePiece, ReadyMessage, SendOutcome } from '../../kernel/mail.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import { toChunk, type WireFormer } from '../create-wire-former.ts'
import type { Extensions } from './extensions.ts'
import { beyondAscii, mailCommand, rcptCommand } from './write-envelope.ts'

/** `message` is the final dot or the last chunk, `nothing` the dot that ends a message whose recipient was refused. */
export type Step = 'RSET' | 'MAIL FROM' | 'RCPT TO' | 'DATA' | 'message' | 'nothing'

/** One message on its way over a connection: what is written, and what has been answered. */
export type Transaction = {
	readonly mail: string
	readonly rcpt: string
	readonly body: Body
	/** Whether it goes with BDAT. */
	readonly chunked: boolean
	/** When its first command was sent, on the clock of `performance.now()`. */
	begunAt: number | undefined
	/** How many of its commands have been answered. */
	answered: number
	/** What refused it, while replies to the commands after that one are still to come. */
	refusal: SendOutcome | undefined
	recipientTaken: boolean
	/** Whether its end, the final dot or the last chunk, has been handed over: from here on only a reply ends the doubt. */
	ended: boolean
	settle(outcome: SendOutcome): void
}

/** A message as it goes over the wire; `size` in bytes. */
export type Body = { pieces: readonly MessagePiece[]; size: number; isAscii: boolean }

/** Prepares a message for a relay, or says at once why this relay can't be given it. */
export function openTransaction(
	{ envelope, raw }: ReadyMessage,
	{ offered, chunked, toWire }: { offered: Extensions; chunked: boolean; toWire: WireFormer },
	settle: (outcome: SendOutcome) => void,
): Transaction | undefined {
	const refuse = (scope: 'recipient' | 'relay', reply: string) => {
		settle({ kind: 'refused', permanence: 'permanent', scope, reply })
		return undefined
	}
	// RFC 6531 §3.2: not transliterated, not tried
	if (!offered.smtpUtf8 && beyondAscii.test(envelope.to)) return refuse('recipient', ownReason('no_smtputf8'))
	if (/[\r\n\0<>]/.test(envelope.from + envelope.to)) {
		return refuse('recipient', ownReason('not_composed', 'an address that would break a command'))
	}
	const body = bodyOf(chunked ? toChunk(raw) : toWire(raw))
	// RFC 1870 §6.1; all other messages would be too large, too
	if (offered.maxBytes !== undefined && body.size > offered.maxBytes) {
		return refuse('relay', ownReason('too_large', offered.maxBytes))
	}
	return {
		mail: mailCommand(envelope, body, offered),
		rcpt: rcptCommand(envelope, offered),
		body,
		chunked,
		begunAt: undefined,
		answered: 0,
		refusal: undefined,
		recipientTaken: false,
		ended: false,
		settle,
	}
}

/** What is written for a step, without its line end. */
export function lineFor({ mail, rcpt }: Transaction, step: Exclude<Step, 'message'>): string {
	switch (step) {
		case 'MAIL FROM':
			return mail
		case 'RCPT TO':
			return rcpt
		case 'nothing':
			return '.'
		default:
			return step
	}
}

function bodyOf(pieces: readonly MessagePiece[]): Body {
	let size = 0
	let characters = 0
	for (const piece of pieces) {
		size += Buffer.byteLength(piece)
		characters += piece.length
	}
	return { pieces, size, isAscii: size === characters }
}
