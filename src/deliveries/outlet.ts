import type { Log } from '../kernel/log.ts'
import type { AccountCause, AccountRefusal, Mailer, ReadyMessage, SendOutcome } from '../kernel/mail.ts'
import { ownReason } from '../kernel/own-reason.ts'
import { decidePause, failsUs, refusesConnections } from './pacing/pause-policy.ts'
import type { RelayPermits } from './pacing/relay-permits.ts'

/** Why something is left alone, and until when on this process's own clock. */
export type Pause = {
	reason: string
	until: number
	/** Where the relay refuses our account: it is left alone until it may take us again, or staff says so. */
	held?: AccountCause
}

/** That a relay refuses our account, as staff is told of it. */
export type RelayHold = {
	name: string
	cause: AccountCause
	reason: string
	seconds: number
	/** How many readers' messages it has refused so. */
	refused: number
}

/** One relay: when it may be sent a message, and what its answers teach. */
export type Outlet = {
	readonly name: string
	readonly weight: number
	canSend(): boolean
	/** Fetches permission to send, where a speed limit holds it back. */
	await(messages: number): void
	/** Sends a message; it holds its place while that is still being prepared. */
	send(message: ReadyMessage | Promise<ReadyMessage>): Promise<SendOutcome>
	pause(): Pause | undefined
	/** Leaves the relay alone as another process has found out that it must. */
	hold(pause: { reason: string; seconds: number; cause: AccountCause }): void
	/** Ends a hold: the next message tries the relay again. */
	lift(): void
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
	onHold(hold: RelayHold): void
}

/** A relay that has too few connections for us is tried with one more after so long. */
const raiseEveryMs = 600_000
/** So many readers in a row, with nobody accepted in between, say that a refusal of our account is not about one of them. */
const heldFrom = 3

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
	/** Who was refused for our account's sake since the relay last took something. */
	const refusedFor = new Set<string>()
	/** Whether it was held, and has taken nothing since. */
	let wasHeld = false

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

	const holdBack = (cause: AccountCause, reason: string, seconds: number) => {
		pausedAt = performance.now()
		pause = { reason, until: pausedAt + seconds * 1_000, held: cause }
		limit = 1
		wasHeld = true
	}
	const learnOfAccount = ({ cause, waitSeconds = 60 }: AccountRefusal, reply: string, to: string): void => {
		refusedFor.add(to)
		if (!wasHeld && refusedFor.size < heldFrom) return
		const reason = ownReason(`held_${cause}`, reply)
		holdBack(cause, reason, waitSeconds)
		log.error(
			{ relay: name, cause, reason: reply, seconds: waitSeconds },
			'the relay refuses our account: it is left alone, and what is due stays due',
		)
		deps.onHold({ name, cause, reason, seconds: waitSeconds, refused: refusedFor.size })
	}
	const learn = (outcome: SendOutcome, begunAt: number, to: string): void => {
		// what was under way when the relay failed tells nothing new
		if (begunAt < pausedAt) return
		if (outcome.kind === 'accepted') {
			refusedFor.clear()
			wasHeld = false
		}
		const account = outcome.kind === 'refused' ? outcome.account : undefined
		if (account && account.cause !== 'rate' && 'reply' in outcome) {
			learnOfAccount(account, outcome.reply, to)
			return
		}
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
		const toldMs = (account?.waitSeconds ?? 0) * 1_000
		const pauseMs = Math.max(toldMs, decidePause(outcome, failures, deps.pauseMs))
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
		send: async (coming) => {
			underWay += 1
			permits?.use()
			try {
				const message = await coming
				const begunAt = performance.now()
				const outcome = await mailer.send(message)
				learn(outcome, begunAt, message.envelope.to)
				return outcome
			} finally {
				underWay -= 1
			}
		},
		pause: pauseNow,
		hold: ({ cause, reason, seconds }) => {
			if (!pauseNow()?.held) holdBack(cause, reason, seconds)
		},
		lift: () => {
			pause = undefined
			failures = 0
		},
	}
}
