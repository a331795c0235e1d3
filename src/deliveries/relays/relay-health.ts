import { isRelaysFault } from '../../kernel/is-relays-fault.ts'
import type { Log } from '../../kernel/log.ts'
import type { AccountCause, AccountRefusal, SendOutcome } from '../../kernel/mail.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import { isDomainRateRefusal } from '../pacing/is-domain-rate-refusal.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { decidePause, refusesConnections } from './pause-policy.ts'

/** `until` is a `performance.now()`. */
export type Pause = {
	reason: string
	until: number
	heldFor?: AccountCause
}

export type RelayHold = {
	name: string
	cause: AccountCause
	reason: string
	seconds: number
	refused: number
}

export type HealthDeps = {
	name: string
	connections: number
	log: Log
	pauseMs: number | undefined
	onPause(reason: string, pauseMs: number): void
	onHold(hold: RelayHold): void
}

export type SentMessage = { begunAt: number; to: string; connectionsInUse: number }

/** So many different readers in a row: then the refusal is not about one of them. */
const holdFrom = 3

/** Whether a relay may be used, and over how many connections, as its answers teach. */
export class RelayHealth {
	readonly #deps: HealthDeps
	readonly #limit: ConnectionLimit
	#failures = 0
	#pause: Pause | undefined
	#pausedAt = 0
	/** Readers since the relay last took a message. */
	readonly #refusedFor = new Set<string>()
	#wasHeld = false

	constructor(deps: HealthDeps) {
		this.#deps = deps
		this.#limit = new ConnectionLimit(deps.connections)
	}

	get connections(): number {
		return this.#limit.current
	}

	pause(): Pause | undefined {
		if (this.#pause && performance.now() >= this.#pause.until) this.#pause = undefined
		return this.#pause
	}

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
 * `in_doubt` counts: a relay that loses connections after the final dot would leave the whole audience in doubt.
 */
function isFailure(outcome: SendOutcome): boolean {
	if (isDomainRateRefusal(outcome)) return false
	return isRelaysFault(outcome) || outcome.kind === 'in_doubt'
}
