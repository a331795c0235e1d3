import type { SendOutcome } from '../../kernel/mail.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import { flatten, readTrouble } from '../read-trouble.ts'
import type { Manner } from './extensions.ts'
import type { SmtpReply } from './reply-reader.ts'
import type { Step, Transaction } from './transaction.ts'

/**
 * Whether a refusal is about the way of speaking, not about the message: a relay that loses track of a group, or can't
 * take the chunks that it offers. It must not cost a reader anything.
 */
export function isProtocolFault(
	{ pipelined }: Manner,
	{ step, of, reply: { code, text } }: { step: Step; of: Transaction; reply: SmtpReply },
): boolean {
	if (of.refusal || !(pipelined || of.chunked)) return false
	if (code >= 500 && /synchroni[sz]ation error|pipelining/i.test(text)) return true
	// RFC 5321 §4.2.2: not recognised, not implemented, bad sequence of commands
	return code >= 500 && code <= 504 && (step === 'DATA' || step === 'message')
}

/**
 * Whether a connection that ends now says that the relay does not bear groups. One that ends between two messages, as
 * many do after some, says no more than that.
 */
export function breaksGroup(
	front: Transaction,
	{ manner, isFirst, isSilence }: { manner: Manner; isFirst: boolean; isSilence: boolean },
): boolean {
	if (!manner.pipelined || front.begunAt === undefined) return false
	if (isSilence && front.chunked) return true
	if (front.answered === 0) return isSilence || isFirst
	return !front.chunked && !front.ended
}

/**
 * Whether a relay takes no more messages over this connection: it ends it with 421, or goes on refusing MAIL as OpenSMTPD
 * does after `max-mails`. Another connection is taken as ever.
 */
export function wantsNewConnection(reply: string): boolean {
	return (
		reply.startsWith('421') ||
		/^4\d\d\b.*(?:\btoo many (?:messages|mails|transactions)\b|\b(?:messages|mails) per (?:connection|session)\b)/is.test(
			reply,
		)
	)
}

/** What is known when a connection is lost. */
export type Loss = {
	message: string
	/** The reply with which the relay closed, or ''. */
	closing: string
	/** The command of this message that was to be answered next. */
	step: Step | undefined
	/** Where the loss came in the middle of this message: what had been read of a reply, and whether it was the first of the connection. */
	front: { cut: string; isFirst: boolean } | undefined
}

/** What became of a message whose connection was lost. */
export function outcomeOfLoss(of: Transaction, { message, closing, step, front }: Loss): SendOutcome {
	const { refusal, recipientTaken, ended, answered } = of
	if (refusal && !(ended && recipientTaken)) return refusal
	// a refusal that was cut at its end is one; a relay that closes says so to all that it has not been given whole
	const isCut = front !== undefined && /^[45]\d\d[ -]/.test(front.cut)
	const response = isCut ? front.cut : (!ended && closing) || undefined
	const outcome = readTrouble({ dotSent: ended, command: step, response, message })
	const isBegun = front !== undefined && (answered > 0 || front.isFirst)
	return outcome.kind === 'not_sent' && isBegun ? { ...outcome, begun: true } : outcome
}

/** What became of a message that was answered with what is no answer to it. */
export function unexpected(text: string, { isInDoubt }: { isInDoubt: boolean }): SendOutcome {
	const reason = ownReason('unexpected_reply', flatten(text))
	return isInDoubt ? { kind: 'in_doubt', reason } : { kind: 'not_sent', reason, begun: true }
}

export function notBegun(message: string): SendOutcome {
	return { kind: 'not_sent', reason: ownReason('connection_lost', message) }
}
