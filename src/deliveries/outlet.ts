import type { Log } from '../kernel/log.ts'
import type { Mailer, ReadyMessage, SendOutcome } from '../kernel/mail.ts'
import { decidePause, failsUs, refusesConnections } from './pacing/pause-policy.ts'
import type { RelayPermits } from './pacing/relay-permits.ts'

/** Why something is left alone, and until when on this process's own clock. */
export type Pause = { reason: string; until: number }

/** One relay: when it may be sent a message, and what its answers teach. */
export type Outlet = {
	readonly name: string
	readonly weight: number
	canSend(): boolean
	/** Fetches permission to send, where a speed limit holds it back. */
	await(messages: number): void
	send(message: ReadyMessage): Promise<SendOutcome>
	pause(): Pause | undefined
}

type OutletDeps = {
	name: string
	weight: number
	mailer: Mailer
	/** How many messages may be under way at once. */
	connections: number
	log: Log
	/** The first pause. */
	pauseMs: number | undefined
	permits: RelayPermits | undefined
	onPause(reason: string, pauseMs: number): void
}

/** A relay that has too few connections for us is tried with one more after so long. */
const raiseEveryMs = 600_000

/**
 * A relay that fails is left alone for a while, then tried with one message, then one more for each that goes through. One
 * that refuses connections because there are too many of them is given fewer (mail-rules S3).
 */
export function createOutlet(deps: OutletDeps): Outlet {
	const { name, weight, mailer, connections, log, permits } = deps
	let underWay = 0
	let limit = connections
	let ceiling = connections
	let raiseAt = 0
	let failures = 0
	let pause: Pause | undefined
	let pausedAt = 0

	const pauseNow = () => {
		if (pause && performance.now() >= pause.until) pause = undefined
		return pause
	}
	const raise = () => {
		if (ceiling < connections && performance.now() >= raiseAt) {
			ceiling += 1
			raiseAt = performance.now() + raiseEveryMs
		}
		limit = Math.min(limit + 1, ceiling)
	}
	/** Messages that may be under way: some relays take more than one at once over a connection. */
	const most = () => limit * (mailer.depth ?? 1)
	const isFree = () => underWay < most() && !pauseNow()

	const learn = (outcome: SendOutcome, begunAt: number): void => {
		// what was under way when the relay failed tells nothing new
		if (begunAt < pausedAt) return
		if (!failsUs(outcome)) {
			failures = 0
			raise()
			return
		}
		failures += 1
		const reason = 'reply' in outcome ? outcome.reply : outcome.reason
		if (refusesConnections(reason)) {
			ceiling = Math.max(1, Math.min(ceiling, Math.ceil(underWay / (mailer.depth ?? 1))) - 1)
			raiseAt = performance.now() + raiseEveryMs
		}
		const pauseMs = decidePause(outcome, failures, deps.pauseMs)
		if (pauseMs === 0) return
		log.warn({ relay: name, reason, pauseMs }, 'the relay is left alone for a while')
		pausedAt = performance.now()
		pause = { reason, until: pausedAt + pauseMs }
		limit = 1
		deps.onPause(reason, pauseMs)
	}

	return {
		name,
		weight,
		canSend: () => isFree() && (permits?.has() ?? true),
		await: (messages) => {
			if (isFree()) permits?.fetch(Math.min(messages, most() - underWay))
		},
		send: async (message) => {
			underWay += 1
			permits?.use()
			const begunAt = performance.now()
			try {
				const outcome = await mailer.send(message)
				learn(outcome, begunAt)
				return outcome
			} finally {
				underWay -= 1
			}
		},
		pause: pauseNow,
	}
}
