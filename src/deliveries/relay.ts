import type { Log } from '../kernel/log.ts'
import type { Mailer, ReadyMessage, SendOutcome } from '../kernel/mail.ts'
import type { Rate, TokenBuckets } from '../kernel/rate.ts'
import { concernsRelay, decidePause } from './pause-policy.ts'
import { createRelayPermits } from './relay-permits.ts'

export type RelayOptions = {
	/** The first pause after the relay has failed; it doubles up to a minute. */
	pauseMs?: number
	/** How long a lane waits for the relay before it leaves the rest to the reconciler. */
	patienceMs?: number
	/** How fast it may go, all processes together. */
	limit?: { buckets: TokenBuckets; rate: Rate }
}

/**
 * The way out as all lanes of a process share it. It limits how many sends are under way, and how many rows of the
 * ledger may say `sending` (marks): at a crash these are the ones in doubt, so never more than twice the connections.
 * A relay that fails is left alone for a while, then tried with one message, then one more for each that goes through.
 */
export type Relay = {
	readonly connections: number
	readonly patienceMs: number
	canSend(): boolean
	/** Says that messages wait that may not go now: where a speed limit is why, the lanes are called back in time. */
	await(messages: number): void
	send(message: ReadyMessage): Promise<SendOutcome>
	/** How many marks a lane should hold at most, as many lanes as there are. */
	share(): number
	/** Takes up to `wanted` marks and says how many there were. */
	takeMarks(wanted: number): number
	returnMarks(count: number): void
	/** Why the relay is left alone at the moment. */
	pausedFor(): string | undefined
	/** Resolves when the pause is over, the patience is, or the signal is given. */
	untilOpen(signal: AbortSignal): Promise<void>
	/** A lane joins: it is called back after whatever may let it go on. The returned function ends it. */
	join(goOn: () => void): () => void
}

export function createRelay(
	{ mailer, log }: { mailer: Mailer; log: Log },
	options: RelayOptions = {},
): Relay {
	const { connections } = mailer
	const patienceMs = options.patienceMs ?? 30_000
	const lanes = new Set<() => void>()
	let underWay = 0
	let limit = connections
	let marks = connections * 2
	let failures = 0
	let pause: { reason: string; until: number } | undefined
	let pausedAt = 0

	const notify = () => {
		for (const goOn of lanes) goOn()
	}
	const permits = options.limit
		? createRelayPermits(options.limit.buckets, { key: 'relay', rate: options.limit.rate }, notify)
		: undefined
	const pauseNow = () => {
		if (pause && performance.now() >= pause.until) pause = undefined
		return pause
	}

	const learn = (outcome: SendOutcome, begunAt: number): void => {
		// what was under way when the relay failed tells nothing new
		if (begunAt < pausedAt) return
		if (!concernsRelay(outcome)) {
			failures = 0
			limit = Math.min(limit + 1, connections)
			return
		}
		failures += 1
		const pauseMs = decidePause(outcome, failures, options.pauseMs)
		if (pauseMs === 0) return
		const reason = 'reply' in outcome ? outcome.reply : outcome.reason
		log.warn({ reason, pauseMs }, 'the relay is left alone for a while')
		pausedAt = performance.now()
		pause = { reason, until: pausedAt + pauseMs }
		limit = 1
	}

	return {
		connections,
		patienceMs,
		canSend: () => underWay < limit && !pauseNow() && (permits?.has() ?? true),
		await: (messages) => {
			if (underWay < limit && !pauseNow()) permits?.fetch(Math.min(messages, limit - underWay))
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
				notify()
			}
		},
		share: () => Math.max(1, Math.floor((connections * 2) / Math.max(1, lanes.size))),
		takeMarks: (wanted) => {
			const taken = Math.min(wanted, marks)
			marks -= taken
			return taken
		},
		returnMarks: (count) => {
			marks += count
			if (count > 0) notify()
		},
		pausedFor: () => pauseNow()?.reason,
		untilOpen: (signal) =>
			new Promise((resolve) => {
				// timers cut fractions off and may come a millisecond early
				const leftMs = Math.ceil((pauseNow()?.until ?? 0) - performance.now()) + 1
				const waitMs = Math.min(patienceMs, leftMs)
				if (signal.aborted || !pauseNow()) return resolve()
				const end = () => {
					clearTimeout(timer)
					signal.removeEventListener('abort', end)
					resolve()
				}
				const timer = setTimeout(end, waitMs)
				signal.addEventListener('abort', end, { once: true })
			}),
		join: (goOn) => {
			lanes.add(goOn)
			return () => lanes.delete(goOn)
		},
	}
}
