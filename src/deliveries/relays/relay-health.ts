import { isRelaysFault } from '../../kernel/is-relays-fault.ts'
import type { Log } from '../../kernel/log.ts'
import type { AccountCause, AccountRefusal, SendOutcome } from '../../kernel/mail.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import { isDomainRateRefusal } from '../pacing/is-domain-rate-refusal.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { decidePause, refusesConnections } from './pause-policy.ts'

/** Why something is left alone, and until when on this process's own clock. */
export type Pause = {
	reason: string
	until: number
	/** Set where this is a hold: the relay refuses our account, until it may take us again or staff says so. */
	heldFor?: AccountCause
}

/** That a relay refuses our account, as staff is told of it. */
export type RelayHold = {
	name: string
	cause: AccountCause
	reason: string
	seconds: number
	/** How many readers' messages it has refused for this. */
	refused: number
}

export type HealthDeps = {
	name: string
	connections: number
	log: Log
	/** The first pause after a failure, in milliseconds. */
	pauseMs: number | undefined
	onPause(reason: string, pauseMs: number): void
	onHold(hold: RelayHold): void
}

/** What was sent: when, to whom, and how many connections were in use. */
export type SentMessage = { begunAt: number; to: string; connectionsInUse: number }

/** So many readers in a row that are refused for our account's sake: then it is not about one of them. */
const holdFrom = 3

/** What a relay's answers teach: whether it may be used now, and over how many connections. */
export class RelayHealth {
	readonly #deps: HealthDeps
	readonly #limit: ConnectionLimit
	#failures = 0
	#pause: Pause | undefined
	#pausedAt = 0
	/** Who was refused for our account's sake since the relay last took a message. */
	readonly #refusedFor = new Set<string>()
	/** Whether it was held, and has taken nothing since. */
	#wasHeld = false

	constructor(deps: HealthDeps) {
		this.#deps = deps
		this.#limit = new ConnectionLimit(deps.connections)
	}

	/** How many connections may be in use now. */
	get connections(): number {
		return this.#limit.current
	}

	pause(): Pause | undefined {
		if (this.#pause && performance.now() >= this.#pause.until) this.#pause = undefined
		return this.#pause
	}

	/** Holds the relay as another process has found out that it must be. */
	hold({ cause, reason, seconds }: { cause: AccountCause; reason: string; seconds: number }): void {
		if (!this.pause()?.heldFor) this.#setHold(cause, reason, seconds)
	}

	/** Ends a hold: the next message tries the relay again. */
	endHold(): void {
		this.#pause = undefined
		this.#failures = 0
	}

	learn(outcome: SendOutcome, sent: SentMessage): void {
		// what was under way when the relay failed says nothing new
		if (sent.begunAt < this.#pausedAt) return
		if (outcome.kind === 'accepted') {
			this.#refusedFor.clear()
			this.#wasHeld = false
		}
		const account = outcome.kind === 'refused' ? outcome.account : undefined
		if (account && account.cause !== 'rate' && 'reply' in outcome) {
			this.#learnOfAccount(account, outcome.reply, sent.to)
		} else if (isFailure(outcome)) {
			this.#fail(outcome, sent, account)
		} else {
			this.#failures = 0
			this.#limit.raise()
		}
	}

	#learnOfAccount({ cause, waitSeconds = 60 }: AccountRefusal, reply: string, to: string): void {
		this.#refusedFor.add(to)
		if (!this.#wasHeld && this.#refusedFor.size < holdFrom) return
		const { name, log } = this.#deps
		const reason = ownReason(`held_${cause}`, reply)
		this.#setHold(cause, reason, waitSeconds)
		log.error(
			{ relay: name, cause, reason: reply, seconds: waitSeconds },
			'the relay refuses our account: it is left alone, and what is due stays due',
		)
		this.#deps.onHold({ name, cause, reason, seconds: waitSeconds, refused: this.#refusedFor.size })
	}

	#setHold(cause: AccountCause, reason: string, seconds: number): void {
		this.#setPause({ reason, until: performance.now() + seconds * 1_000, heldFor: cause })
		this.#wasHeld = true
	}

	#fail(outcome: SendOutcome, { connectionsInUse }: SentMessage, account: AccountRefusal | undefined): void {
		const { name, log, pauseMs: baseMs, onPause } = this.#deps
		this.#failures += 1
		const reason = 'reply' in outcome ? outcome.reply : outcome.reason
		if (refusesConnections(reason)) this.#limit.lowerBelow(connectionsInUse)
		const askedForMs = (account?.waitSeconds ?? 0) * 1_000
		const pauseMs = Math.max(askedForMs, decidePause(outcome, this.#failures, baseMs))
		if (pauseMs === 0) return
		log.warn({ relay: name, reason, pauseMs }, 'the relay is left alone for a while')
		this.#setPause({ reason, until: performance.now() + pauseMs })
		onPause(reason, pauseMs)
	}

	#setPause(pause: Pause): void {
		this.#pausedAt = performance.now()
		this.#pause = pause
		this.#limit.startSlowly()
	}
}

/**
 * `in_doubt` counts too: a relay that loses its connection after each final dot would leave the whole audience in doubt.
 */
function isFailure(outcome: SendOutcome): boolean {
	if (isDomainRateRefusal(outcome)) return false
	return isRelaysFault(outcome) || outcome.kind === 'in_doubt'
}
