import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import type { Mailer, ReadyMessage, SendOutcome } from '../../kernel/mail.ts'
import type { DailyCeiling } from '../pacing/daily-ceiling.ts'
import { createDomainBackoff, type DomainBackoff } from '../pacing/domain-backoff.ts'
import { createRecoveryLease } from '../pacing/recovery-lease.ts'
import { permitsOfDay, permitsOfRelay, type RelayLimit, type SendPermits } from '../pacing/send-permits.ts'
import { ClaimBudget } from './claim-budget.ts'
import { followHolds } from './follow-holds.ts'
import { PauseRecords } from './pause-records.ts'
import { Relay } from './relay.ts'
import type { Pause, RelayHold } from './relay-health.ts'
import { weightedTurns } from './weighted-turns.ts'

export type RelayPoolOptions = {
	/** The first pause after a failure; it doubles up to a minute. */
	pauseMs?: number
	/** How long a lane waits for a relay before it leaves the rest to the reconciler. */
	patienceMs?: number
	limit?: RelayLimit
	ceiling?: DailyCeiling
	onHold?: (hold: RelayHold) => Promise<void>
}

/** Without a database pauses are not shared. */
export type RelayPoolDeps = { mailer: Mailer; log: Log; db?: Database }

/**
 * The relays as the lanes of a process share them: by weight, within the speed limits, without those that are
 * paused. A message that a relay can't take goes back to the ledger, and to another relay next time.
 */
export class RelayPool {
	readonly connections: number
	readonly patienceMs: number
	readonly domains: DomainBackoff
	readonly budget: ClaimBudget
	readonly #deps: RelayPoolDeps
	readonly #records: PauseRecords
	readonly #relays: readonly Relay[]
	readonly #choose: () => Relay | undefined
	readonly #daily: SendPermits | undefined
	readonly #lanes = new Set<() => void>()
	#fullDay: Pause | undefined
	#holdCheck: NodeJS.Timeout | undefined

	constructor(deps: RelayPoolDeps, options: RelayPoolOptions = {}) {
		const { mailer, log, db } = deps
		this.#deps = deps
		this.#records = new PauseRecords(db, log)
		this.#records.forgetFullDay()
		const shares = shareConnections(mailer)
		this.connections = shares.reduce((sum, share) => sum + share.connections, 0)
		this.patienceMs = options.patienceMs ?? 30_000
		this.domains = createDomainBackoff(this.connections, db && createRecoveryLease(db, log))
		this.budget = new ClaimBudget(this.connections * 2, {
			lanes: () => this.#lanes.size,
			onRelease: this.#notify,
		})
		this.#relays = shares.map((share) => this.#createRelay(share, options))
		this.#choose = weightedTurns(this.#relays)
		this.#daily =
			options.ceiling &&
			permitsOfDay(options.ceiling, { onChange: this.#notify, onFull: (pause) => this.#endDay(pause) })
	}

	canSend(): boolean {
		return (this.#daily?.has() ?? true) && this.#relays.some((relay) => relay.canSend())
	}

	/** For messages that wait for a speed limit; lanes are called back. */
	requestPermits(messages: number): void {
		this.#daily?.fetch(messages)
		for (const relay of this.#relays) relay.requestPermits(messages)
	}

	/** Signs a message ahead of its turn. Never rejects: what can't be signed fails when it is sent. */
	async sign(message: ReadyMessage): Promise<ReadyMessage> {
		try {
			return (await this.#deps.mailer.prepare?.(message)) ?? message
		} catch {
			return message
		}
	}

	async send(message: ReadyMessage | Promise<ReadyMessage>): Promise<SendOutcome> {
		const relay = this.#choose()
		if (!relay) return { kind: 'not_sent', reason: 'no relay is free' }
		this.#daily?.use()
		try {
			return await relay.send(message)
		} finally {
			this.#notify()
		}
	}

	/** Why no relay can be used now; undefined where one can. */
	pausedFor(): string | undefined {
		return this.#pauseOfAll()?.reason
	}

	/** Why no relay can be used for long: all are held. Looks first whether staff has ended that. */
	async findHold(): Promise<string | undefined> {
		await this.#followHolds()
		const pause = this.#pauseOfAll()
		return pause?.heldFor && pause.until - performance.now() > this.patienceMs ? pause.reason : undefined
	}

	/**
	 * Resolves after the pause or `patienceMs`, or when the signal is given; at once where a hold lasts longer.
	 */
	untilOpen(signal: AbortSignal): Promise<void> {
		const pause = this.#pauseOfAll()
		const leftMs = (pause?.until ?? 0) - performance.now() + 2
		const waitMs = Math.min(this.patienceMs, leftMs)
		if (signal.aborted || waitMs <= 0 || (pause?.heldFor && leftMs > this.patienceMs))
			return Promise.resolve()
		return new Promise((resolve) => {
			const end = () => {
				clearTimeout(timer)
				signal.removeEventListener('abort', end)
				resolve()
			}
			const timer = setTimeout(end, waitMs)
			signal.addEventListener('abort', end, { once: true })
		})
	}

	/** Calls `goOn` after whatever may let a lane go on, until the returned function is called. */
	join(goOn: () => void): () => void {
		this.#lanes.add(goOn)
		// staff may end a hold while lanes use the other relays
		this.#holdCheck ??= setInterval(() => {
			if (this.#relays.some(({ health }) => health.pause()?.heldFor)) void this.#followHolds()
		}, 2_000).unref()
		return () => {
			this.#lanes.delete(goOn)
			if (this.#lanes.size > 0) return
			clearInterval(this.#holdCheck)
			this.#holdCheck = undefined
		}
	}

	readonly #notify = (): void => {
		for (const goOn of this.#lanes) goOn()
	}

	#createRelay(share: RelayShare, { limit, pauseMs, onHold }: RelayPoolOptions): Relay {
		return new Relay({
			...share,
			log: this.#deps.log,
			pauseMs,
			permits: limit && permitsOfRelay(limit, share.name, this.#notify),
			onPause: (reason, ms) => {
				if (ms >= 1_000) this.#records.keep({ scope: 'relay', name: share.name }, reason, ms)
			},
			onHold: (hold) => this.#records.keepHold(hold, onHold),
		})
	}

	#endDay(pause: Pause): void {
		this.#deps.log.warn({ reason: pause.reason }, 'no more is sent today')
		this.#fullDay = pause
		this.#records.keep({ scope: 'day', name: 'warm-up' }, pause.reason, pause.until - performance.now())
	}

	/** Of all pauses the one that ends first. */
	#pauseOfAll(): Pause | undefined {
		if (this.#fullDay && performance.now() < this.#fullDay.until) return this.#fullDay
		const pauses = this.#relays.flatMap(({ health }) => health.pause() ?? [])
		if (pauses.length < this.#relays.length) return undefined
		return pauses.sort((a, b) => a.until - b.until)[0]
	}

	async #followHolds(): Promise<void> {
		const { db, log } = this.#deps
		await this.#records.holdsWritten()
		if (!db) return
		await followHolds(db, this.#relays).catch((error) =>
			log.warn({ err: error }, 'whether a relay is still held can’t be found out'),
		)
		this.#notify()
	}
}

type RelayShare = { name: string; weight: number; mailer: Mailer; connections: number }

/**
 * Each relay gets connections in proportion to its weight: all of them are in use during a digest, so turns alone
 * would give each relay as much as it takes.
 */
function shareConnections(mailer: Mailer): RelayShare[] {
	const relays = mailer.relays ?? [{ name: 'relay', weight: 1, mailer }]
	const most = Math.max(...relays.map(({ weight }) => weight))
	return relays.map((relay) => ({
		...relay,
		connections: Math.max(1, Math.round((relay.mailer.connections * relay.weight) / most)),
	}))
}
