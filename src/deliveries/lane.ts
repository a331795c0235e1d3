import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import type { SendOutcome } from '../kernel/mail.ts'
import type { Composer } from './create-composer.ts'
import type { Relay } from './relay.ts'
import { settleOutcome } from './settle-outcome.ts'
import {
	type Claimed,
	type Cursor,
	claimDue,
	handBackUnknown,
	renewLeases,
	type Settled,
	settle,
} from './store.ts'

export type LaneDeps = {
	db: Database
	log: Log
	relay: Relay
	/** Given when the process is about to stop. */
	stopping: AbortSignal
}

/** Why a lane came to its end. What is left due is found again by the reconciler. */
export type LaneEnd =
	| { kind: 'nothing_due' }
	| { kind: 'relay_unavailable'; reason: string }
	| { kind: 'stopped' }

const leaseSeconds = 60
const renewEveryMs = 15_000
/** How long after the claim, or the last renewal, a message is surely still this worker's to send. */
const safeMs = 45_000
/** Outcomes are written down after this at the latest, also where few come in. */
const writeWithinMs = 50
/** How long a process that stops goes on trying to write down what it knows. */
const lastTriesMs = 5_000

/** A claimed row, and until when (on this process's own clock) its lease surely holds. */
type Marked = Claimed & { safeUntil: number }

/**
 * One run through what is due of a digest: claims rows, sends them over as many connections as there are, and writes
 * down what became of them, all at the same time. Rows that are claimed but not yet begun are few, and handed back
 * when the process stops or the relay fails.
 */
export class Lane {
	readonly #deps: LaneDeps
	readonly #digestId: number
	readonly #compose: Composer
	readonly #worker = randomBytes(9).toString('base64url')
	readonly #flushAt: number
	#ready: Marked[] = []
	readonly #underWay = new Set<number>()
	#settled: Settled[] = []
	#cursor: Cursor | undefined
	/** Whether the last look from the beginning found nothing due. */
	#exhausted = false
	#renewedUntil = 0
	#wake: () => void = () => {}
	/** How many messages the relay took. */
	accepted = 0

	constructor(deps: LaneDeps, digestId: number, compose: Composer) {
		this.#deps = deps
		this.#digestId = digestId
		this.#compose = compose
		this.#flushAt = Math.max(1, Math.floor(deps.relay.connections / 2))
	}

	async run(): Promise<LaneEnd> {
		const { relay, stopping } = this.#deps
		const leave = relay.join(() => this.#goOn())
		const wakeUp = () => this.#wake()
		stopping.addEventListener('abort', wakeUp)
		const renewal = setInterval(() => this.#renew(), renewEveryMs).unref()
		try {
			return await this.#work()
		} finally {
			clearInterval(renewal)
			stopping.removeEventListener('abort', wakeUp)
			leave()
		}
	}

	async #work(): Promise<LaneEnd> {
		const { relay, stopping } = this.#deps
		for (;;) {
			const reason = relay.pausedFor()
			if (stopping.aborted || reason) this.#handBackReady()
			await this.#write()
			if (stopping.aborted || reason) {
				if (this.#isIdle()) {
					if (stopping.aborted) return { kind: 'stopped' }
					await relay.untilOpen(stopping)
					const still = relay.pausedFor()
					if (still) return { kind: 'relay_unavailable', reason: still }
					continue
				}
			} else {
				await this.#claim()
				this.#startSends()
				if (this.#isIdle() && this.#exhausted) return { kind: 'nothing_due' }
			}
			await this.#untilWorthwhile()
		}
	}

	/** Claims as much as may be marked, unless that is little while there is enough at hand. */
	async #claim(): Promise<void> {
		const { db, relay, log } = this.#deps
		if (this.#exhausted) return
		const wanted = relay.takeMarks(relay.connections, this.#held())
		if (wanted === 0 || (wanted < this.#flushAt && this.#ready.length > 0)) return relay.returnMarks(wanted)
		const safeUntil = performance.now() + safeMs
		try {
			const claim = { digestId: this.#digestId, worker: this.#worker, leaseSeconds, limit: wanted }
			const { claimed, excluded, cursor } = await claimDue(db, { ...claim, after: this.#cursor })
			this.#ready.push(...claimed.map((row) => ({ ...row, safeUntil })))
			relay.returnMarks(wanted - claimed.length)
			if (claimed.length + excluded === 0) {
				// rows that were put off or handed back may stand before the cursor
				this.#exhausted = this.#cursor === undefined
				this.#cursor = undefined
			} else this.#cursor = cursor
		} catch (error) {
			relay.returnMarks(wanted)
			log.warn({ digestId: this.#digestId, err: error }, 'the database did not answer a claim')
			const known = [...this.#ready, ...this.#settled].map(({ subscriptionId }) => subscriptionId)
			await this.#untilDone(() =>
				handBackUnknown(db, { digestId: this.#digestId, worker: this.#worker }, [
					...known,
					...this.#underWay,
				]),
			)
		}
	}

	#goOn(): void {
		this.#startSends()
		if (this.#isWorthwhile()) this.#wake()
	}

	#startSends(): void {
		const { relay, stopping } = this.#deps
		while (this.#ready.length > 0 && !stopping.aborted && relay.canSend()) {
			const row = this.#ready.shift()
			if (!row) return
			if (performance.now() < Math.max(row.safeUntil, this.#renewedUntil)) this.#send(row)
			else this.#settled.push({ ...row, kind: 'untouched' })
		}
	}

	async #send(row: Claimed): Promise<void> {
		this.#underWay.add(row.subscriptionId)
		const outcome = await this.#trySending(row)
		this.#underWay.delete(row.subscriptionId)
		if (outcome.kind === 'accepted') this.accepted += 1
		this.#settled.push(settleOutcome(row, outcome))
		this.#goOn()
	}

	async #trySending(row: Claimed): Promise<SendOutcome> {
		let message: ReturnType<Composer>
		try {
			message = this.#compose(row)
		} catch (error) {
			const { subscriptionId } = row
			this.#deps.log.error(
				{ digestId: this.#digestId, subscriptionId, err: error },
				'a message can’t be composed',
			)
			const reply = `not sent: the message can't be composed: ${error instanceof Error ? error.message : ''}`
			return { kind: 'refused', permanence: 'permanent', scope: 'recipient', reply }
		}
		try {
			return await this.#deps.relay.send(message)
		} catch (error) {
			this.#deps.log.error({ digestId: this.#digestId, err: error }, 'sending broke off')
			return { kind: 'in_doubt', reason: 'sending broke off' }
		}
	}

	#handBackReady(): void {
		for (const { subscriptionId, attempts } of this.#ready.splice(0)) {
			this.#settled.push({ subscriptionId, attempts, kind: 'untouched' })
		}
	}

	/** Writes down what has come in; what can't be written yet is kept and tried again, for nobody else knows it. */
	async #write(): Promise<void> {
		const { db, relay, log } = this.#deps
		const settled = [...this.#settled]
		if (settled.length === 0) return
		const key = { digestId: this.#digestId, worker: this.#worker }
		const written = await this.#untilDone(() => settle(db, key, settled))
		this.#settled = this.#settled.slice(settled.length)
		if (settled.some(({ kind }) => kind === 'untouched')) {
			this.#cursor = undefined
			this.#exhausted = false
		}
		relay.returnMarks(settled.length)
		if (written < settled.length) {
			log.error(
				{ ...key, outcomes: settled.length, written },
				'outcomes met rows that are no longer this worker’s',
			)
		}
	}

	/** Does it, again and again while the database doesn't answer; not for long when the process is about to stop. */
	async #untilDone<T>(action: () => Promise<T>): Promise<T> {
		let waited = 0
		for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5_000)) {
			try {
				return await action()
			} catch (error) {
				const { log, stopping } = this.#deps
				log.warn(
					{ digestId: this.#digestId, err: error },
					'the database did not take what a lane had to write',
				)
				if (stopping.aborted && waited > lastTriesMs) throw error
				await wait(waitMs)
				waited += waitMs
			}
		}
	}

	async #renew(): Promise<void> {
		const begun = performance.now()
		try {
			const lease = { digestId: this.#digestId, worker: this.#worker, leaseSeconds }
			await renewLeases(this.#deps.db, lease)
			this.#renewedUntil = begun + safeMs
		} catch (error) {
			this.#deps.log.warn({ digestId: this.#digestId, err: error }, 'leases could not be renewed')
		}
	}

	/** How many rows of the ledger say `sending` because of this lane. */
	#held(): number {
		return this.#ready.length + this.#underWay.size + this.#settled.length
	}

	#isIdle(): boolean {
		return this.#held() === 0
	}

	/** Whether there is enough to write, or reason to claim, to be worth a statement. */
	#isWorthwhile(): boolean {
		if (this.#settled.length === 0) return false
		const starving = this.#ready.length === 0 && !this.#exhausted
		return this.#settled.length >= this.#flushAt || starving || this.#underWay.size === 0
	}

	/** Waits for outcomes: for many, or for few that have waited long enough. */
	async #untilWorthwhile(): Promise<void> {
		if (this.#isWorthwhile()) return
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, writeWithinMs)
			this.#wake = () => {
				clearTimeout(timer)
				resolve()
			}
		})
		this.#wake = () => {}
	}
}
