import type { ReadyMessage, SendOutcome } from '../../kernel/mail.ts'
import { flatten, readTrouble } from '../read-trouble.ts'
import { depthOf } from './extensions.ts'
import {
	breaksGroup,
	isProtocolFault,
	notBegun,
	outcomeOfLoss,
	unexpected,
	wantsNewConnection,
} from './judge-relay.ts'
import { createReplyReader, type SmtpReply } from './reply-reader.ts'
import type { SessionOptions } from './session-options.ts'
import { lineFor, openTransaction, type Step, type Transaction } from './transaction.ts'

/** `since` counts the reads before the command was written: what has been read by then can't answer it. */
type Expected = { step: Step; of: Transaction; since: number }

/**
 * SMTP transactions on one connection, as many at once as its manner allows. Replies are matched to commands by their
 * order alone (RFC 2920 §3.1), so whatever does not fit ends the connection: then a message whose end was handed over is
 * in doubt, and all others may be sent again.
 */
export class PipelinedSession {
	readonly #options: SessionOptions
	readonly #replies = createReplyReader()
	readonly #expected: Expected[] = []
	/** In the order of their commands; the last may still wait to be begun. */
	readonly #underWay: Transaction[] = []
	/** The one whose commands are out and whose end is not: nothing may follow it. */
	#begun: Transaction | undefined
	/** The relay has asked for this one's message: it goes once all that came with the asking has been looked at. */
	#asked: Transaction | undefined
	/** A transaction was left halfway at the relay: RSET comes before the next (RFC 5321 §4.1.1.5). */
	#leftOpen = false
	#open = true
	/** The relay wants no more messages over it. */
	#spent = false
	#hasEnded = false
	#reads = 0
	/** How many messages have been answered to their end, and how many it was given. */
	#brought = 0
	#given = 0

	constructor(options: SessionOptions) {
		this.#options = options
		const { socket } = options
		socket.on('data', (chunk: Buffer) => this.#read(chunk))
		socket.once('end', () => this.#lose('Connection closed unexpectedly'))
		socket.once('close', () => this.#lose('Connection closed unexpectedly'))
		socket.on('error', (error) => this.#lose(error.message))
		socket.on('timeout', () => this.#lose('Timeout', { isSilence: true }))
		socket.resume()
	}

	get isOpen(): boolean {
		return this.#open
	}

	/** Whether it may be given another message, now or when one of those under way is done. */
	get takesMore(): boolean {
		return (
			this.#open && !this.#spent && this.#given < (this.#options.mostMessages ?? Number.POSITIVE_INFINITY)
		)
	}

	/** How many messages may be under way at once. */
	get depth(): number {
		return depthOf(this.#options.manner)
	}

	/** How many messages have been answered on this connection. */
	get brought(): number {
		return this.#brought
	}

	/** Sends one message; only where there is room. */
	send(message: ReadyMessage): Promise<SendOutcome> {
		const { offered, manner, chunking, toWire } = this.#options
		// where no command is sent before the one before is answered, a chunk only saves a round trip
		const chunked = manner.chunked && (!manner.pipelined || chunking.isOn())
		return new Promise((resolve) => {
			const transaction = openTransaction(message, { offered, toWire, chunked }, resolve)
			if (!transaction) return
			if (!this.#open) return resolve(notBegun('the connection has ended'))
			this.#given += 1
			this.#underWay.push(transaction)
			if (!this.#begun) this.#begin(transaction)
		})
	}

	/** Says goodbye and closes. */
	quit(): void {
		if (!this.#open) return
		this.#end()
		const { socket } = this.#options
		socket.end('QUIT\r\n')
		setTimeout(() => socket.destroy(), 2_000).unref()
	}

	/** Closes at once; messages under way are told as lost. */
	abort(): void {
		this.#lose('closed by Envoi', { ours: true })
	}

	#begin(transaction: Transaction): void {
		const { socket, manner } = this.#options
		// nobody knows yet whether the relay takes what comes before: a reset in between keeps two envelopes apart
		const reset = this.#leftOpen || this.#underWay.some(({ chunked, ended }) => chunked && ended)
		this.#leftOpen = false
		this.#begun = transaction
		transaction.begunAt = performance.now()
		if (!manner.pipelined) {
			this.#command(transaction, reset ? 'RSET' : 'MAIL FROM')
			return
		}
		socket.cork()
		if (reset) this.#command(transaction, 'RSET')
		this.#command(transaction, 'MAIL FROM')
		this.#command(transaction, 'RCPT TO')
		if (transaction.chunked) this.#handOver(transaction)
		else this.#command(transaction, 'DATA')
		socket.uncork()
	}

	#command(of: Transaction, step: Exclude<Step, 'message'>): void {
		this.#expected.push({ step, of, since: this.#reads })
		this.#options.socket.write(`${lineFor(of, step)}\r\n`)
	}

	/** Corked, the pieces go out in one call to the system, and none of them is copied before. */
	#handOver(transaction: Transaction): void {
		const { socket } = this.#options
		const { pieces, size, isAscii } = transaction.body
		transaction.ended = true
		this.#begun = undefined
		this.#expected.push({ step: 'message', of: transaction, since: this.#reads })
		socket.cork()
		if (transaction.chunked) socket.write(`BDAT ${size} LAST\r\n`)
		for (const piece of pieces) {
			if (typeof piece === 'string') socket.write(piece, isAscii ? 'latin1' : 'utf8')
			else socket.write(piece)
		}
		this.#beginNext()
		socket.uncork()
	}

	/** The commands of the next message go together with the end of this one (RFC 2920 §3.1). */
	#beginNext(): void {
		if (this.#begun || !this.#open) return
		const next = this.#underWay.find(({ begunAt }) => begunAt === undefined)
		if (next) this.#begin(next)
	}

	#read(chunk: Buffer): void {
		if (!this.#open) return
		this.#reads += 1
		const { replies, broken } = this.#replies.read(chunk)
		for (const reply of replies) {
			if (!this.#open) return
			this.#take(reply)
		}
		if (broken !== undefined && this.#open) this.#outOfStep(broken)
		const asked = this.#asked
		this.#asked = undefined
		if (asked && this.#open) this.#handOver(asked)
	}

	#take(reply: SmtpReply): void {
		const expected = this.#expected.shift()
		// RFC 5321 §3.8: the relay is about to close
		if (reply.code === 421) this.#takeClosing(reply, expected)
		else if (!expected || expected.since === this.#reads) this.#outOfStep(reply.text, expected?.of)
		else this.#takeAnswer(expected, reply)
	}

	#takeAnswer({ step, of }: Expected, reply: SmtpReply): void {
		of.answered += 1
		const kind = Math.floor(reply.code / 100)
		if (isProtocolFault(this.#options.manner, { step, of, reply }))
			this.#outOfStep(reply.text, of, { isRefused: true })
		else if (step === 'message') this.#takeFinal(of, reply)
		else if (step === 'nothing') this.#settle(of, of.refusal ?? unexpected(reply.text, { isInDoubt: false }))
		else if (kind === 4 || kind === 5) this.#takeRefusal(of, step, reply)
		else if (kind !== (step === 'DATA' ? 3 : 2)) this.#outOfStep(reply.text, of)
		else this.#takeConsent(of, step)
	}

	#takeConsent(of: Transaction, step: Step): void {
		if (step === 'RCPT TO') of.recipientTaken = true
		// RFC 2920 §3.1: a relay may ask for a message although it has taken no recipient
		if (step === 'DATA' && of.refusal) this.#command(of, 'nothing')
		else if (step === 'DATA') this.#asked = of
		else if (!this.#options.manner.pipelined) this.#goOn(of, step)
	}

	/** One command at a time: the next. */
	#goOn(of: Transaction, step: Step): void {
		if (step === 'RSET') this.#command(of, 'MAIL FROM')
		else if (step === 'MAIL FROM') this.#command(of, 'RCPT TO')
		else if (of.chunked) this.#handOver(of)
		else this.#command(of, 'DATA')
	}

	#takeRefusal(of: Transaction, step: Step, reply: SmtpReply): void {
		if (step === 'MAIL FROM' && this.#brought > 0 && wantsNewConnection(reply.text)) {
			if (!this.#spent) this.#options.onCut(this.#brought)
			this.#spent = true
		}
		of.refusal ??= readTrouble({ dotSent: false, command: step, response: reply.text, message: '' })
		const { pipelined } = this.#options.manner
		if (pipelined && step !== 'DATA') return
		this.#leftOpen = true
		this.#settle(of, of.refusal)
	}

	/** The answer to the final dot or the last chunk. */
	#takeFinal(of: Transaction, reply: SmtpReply): void {
		const kind = Math.floor(reply.code / 100)
		const isTaken = kind === 2
		// a chunk that was refused leaves its transaction open (RFC 3030 §2)
		if (!isTaken) this.#leftOpen = of.chunked
		if (isTaken && !of.refusal) this.#settle(of, { kind: 'accepted', reply: flatten(reply.text) })
		else if (of.refusal && !(isTaken && of.recipientTaken)) this.#settle(of, of.refusal)
		else if (kind === 4 || kind === 5) {
			const trouble = { dotSent: true, command: 'DATA', response: reply.text, message: '' }
			this.#settle(of, readTrouble(trouble))
		} else this.#outOfStep(reply.text, of)
	}

	#takeClosing(reply: SmtpReply, expected: Expected | undefined): void {
		this.#open = false
		if (expected && expected.of.answered === 0 && this.#brought > 0) this.#options.onCut(this.#brought)
		if (expected) {
			const { step, of } = expected
			const trouble = { dotSent: step === 'message', command: step, response: reply.text, message: '' }
			this.#settle(of, of.refusal ?? readTrouble(trouble))
		}
		this.#lose(flatten(reply.text), { ours: true, closing: reply.text })
	}

	#settle(of: Transaction, outcome: SendOutcome): void {
		if (this.#begun === of) this.#begun = undefined
		const index = this.#underWay.indexOf(of)
		if (index >= 0) this.#underWay.splice(index, 1)
		this.#brought += 1
		const ms = performance.now() - (of.begunAt ?? 0)
		if (outcome.kind === 'accepted') this.#options.chunking.note({ chunked: of.chunked, ms })
		of.settle(outcome)
		this.#beginNext()
	}

	/** What came fits no command: from here on nobody can say what answers what. */
	#outOfStep(
		text: string,
		of = this.#expected[0]?.of ?? this.#underWay[0],
		{ isRefused = false } = {},
	): void {
		this.#open = false
		this.#options.onOutOfStep(flatten(text))
		if (of) this.#settle(of, unexpected(text, { isInDoubt: of.ended && !isRefused }))
		this.#lose('replies out of step', { ours: true })
	}

	/** The connection has ended: each message under way is told what that means for it, once. */
	#lose(message: string, { ours = false, isSilence = false, closing = '' } = {}): void {
		if (this.#hasEnded) return
		const { manner } = this.#options
		const [front] = this.#underWay
		const cut = this.#replies.rest()
		const isFirst = this.#brought === 0
		if (!ours && front && breaksGroup(front, { manner, isFirst, isSilence }))
			this.#options.onOutOfStep(message)
		else if (!ours && front?.answered === 0 && this.#brought > 0) this.#options.onCut(this.#brought)
		this.#end()
		this.#options.socket.destroy()
		for (const transaction of this.#underWay.splice(0)) {
			const step = this.#expected.find(({ of }) => of === transaction)?.step
			const inFront = transaction === front ? { cut, isFirst } : undefined
			transaction.settle(outcomeOfLoss(transaction, { message, closing, step, front: inFront }))
		}
	}

	#end(): void {
		this.#open = false
		this.#hasEnded = true
		this.#options.onEnd()
	}
}
