import { withCommand } from '../kernel/answered-command.ts'
import type { SendOutcome } from '../kernel/mail.ts'
import { ownReason, readOwnReason } from '../kernel/own-reason.ts'
import { textFromOutside } from '../kernel/text-from-outside.ts'

/** What went wrong in a session, as far as it decides what became of the message. */
export type SmtpTrouble = {
	/** Whether the end of the message has been handed to the connection. */
	dotSent: boolean
	/** The command that was answered: `RCPT TO`, `DATA` …, or `CONN` for the connection itself. */
	command: string | undefined
	/** The relay's reply, where there is one. */
	response: string | undefined
	/** What the network or TLS said. */
	message: string
}

/**
 * What trouble means for one message. Only a reply that refuses (RFC 5321 §4.2.1) ends the doubt once the final dot
 * has gone out (RFC 1047); before it, everything but a refusal leaves the message unsent.
 */
export function readTrouble({ dotSent, command, response, message }: SmtpTrouble): SendOutcome {
	const reply = flatten(response ?? '')
	// where the connection was closed in the middle of the last reply nobody else says what it answered
	const answered = dotSent ? 'DATA' : command
	const refusal = /^([45])\d\d(?:[ -]|$)/.exec(reply)
	if (refusal) {
		return {
			kind: 'refused',
			permanence: refusal[1] === '5' ? 'permanent' : 'temporary',
			scope: concernsRelay(answered, reply) ? 'relay' : 'recipient',
			reply: withCommand(reply, answered),
		}
	}
	if (reply) {
		const reason = ownReason('unexpected_reply', reply)
		return dotSent ? { kind: 'in_doubt', reason } : { kind: 'not_sent', reason }
	}
	return dotSent
		? { kind: 'in_doubt', reason: ownReason('lost_at_end', flatten(message)) }
		: {
				kind: 'not_sent',
				reason: readOwnReason(message) ? message : ownReason('connection_lost', flatten(message)),
			}
}

/**
 * Whether a refusal would meet every other message too: then the rest of the audience must wait, not be used up.
 * What answers RCPT TO and DATA is about one recipient, unless its code says otherwise.
 */
function concernsRelay(command: string | undefined, reply: string): boolean {
	if (command !== 'RCPT TO' && command !== 'DATA') return true
	// 421 closes the session (RFC 5321 §4.2.3), 53x asks for TLS or signing in (RFC 4954 §6)
	if (/^(421|53\d)\b/.test(reply)) return true
	// RFC 3463 §3.4: the mail system itself is full, stopped or misconfigured
	return /^4\d\d[ -]4\.3\.[0-9]+\b/.test(reply)
}

/** How much of what a relay says is kept. */
const maxLength = 500
/** How much is looked at: white space may stand between. */
const mostRead = 10_000

/**
 * What a relay or the network said as it is kept: several lines as one, each line's code taken away but the first, in
 * text that any database can hold, of bounded length.
 */
export function flatten(reply: string): string {
	const lines = reply
		.slice(0, mostRead)
		.split(/\r?\n/)
		.map((line, index) => (index === 0 ? line : line.replace(/^\d{3}[ -]/, '')))
	return textFromOutside(lines.join(' ').replace(/\s+/g, ' ').trim(), maxLength)
}
