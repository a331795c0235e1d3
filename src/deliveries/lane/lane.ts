import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { selectDigestState } from '../../digests/index.ts'
import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import type { Composer } from '../create-composer.ts'
import { recoveryTurnSeconds } from '../pacing/domain-backoff.ts'
import type { DomainThrottle } from '../pacing/domain-throttle.ts'
import { isDomainRateRefusal } from '../pacing/is-domain-rate-refusal.ts'
import { pauseAfterRefusal } from '../pacing/pause-domain.ts'
import type { RelayPool } from '../relays/relay-pool.ts'
import type { Claimed, Settled, WorkerKey } from '../store/claims.ts'
import { admitRows, putBack } from './admit-rows.ts'
import { LaneLedger } from './lane-ledger.ts'
import { LeaseKeeper, leaseSeconds } from './lease-keeper.ts'
import { LedgerCursor, writeWithinMs } from './ledger-cursor.ts'
import { MessagesAhead, type ReadyRow } from './messages-ahead.ts'
import { sendMessage } from './send-message.ts'
import { settleOutcome } from './settle-outcome.ts'

export type LaneDeps = {
	db: Database
	log: Log
	relays: RelayPool
	throttle?: DomainThrottle
	stopping: AbortSignal
}

/** `withNames`: readers are greeted by name, so that is read with what is claimed. */
export type LaneTask = { digestId: number; withNames: boolean }

/** Why a lane came to its end. What is left due is found again by the reconciler. */
export type LaneEnd =
	| { kind: 'nothing_due' }
	| { kind: 'relay_unavailable'; reason: string }
	| { kind: 'digest_halted' }
	| { kind: 'stopped' }

/** How often a lane looks whether its digest was paused or cancelled. */
const checkDigestEveryMs = 1_000

/**
 * One run through what is due of a digest: claims rows, sends them and writes down the outcomes, all at the same
 * time. Rows that are claimed but not begun are handed back when the process stops or no relay can be had.
 */
export class Lane {
	readonly #deps: LaneDeps
	readonly #key: WorkerKey
	readonly #ledger: LaneLedger
	readonly #leases: LeaseKeeper
	readonly #messages: MessagesAhead
	readonly #cursor = new LedgerCursor()
	readonly #flushAt: number
	readonly #withNames: boolean
	// each row is in one of these from its claim until it is written back
	#ready: ReadyRow[] = []
	readonly #underWay = new Set<number>()
	#settled: Settled[] = []
	#isHalted = false
	#wake: () => void = () => {}
	accepted = 0

	constructor(deps: LaneDeps, { digestId, withNames }: LaneTask, compose: Composer) {
		this.#deps = deps
		this.#withNames = withNames
		this.#key = { digestId, worker: randomBytes(9).toString('base64url') }
		this.#ledger = new LaneLedger(deps, this.#key)
		this.#leases = new LeaseKeeper(deps, this.#key)
		this.#messages = new MessagesAhead(compose, (message) => deps.relays.sign(message))
		this.#flushAt = Math.max(1, Math.floor(deps.relays.connections / 2))
	}

	async run(): Promise<LaneEnd> {
		const { relays, stopping } = this.#deps
		const leave = relays.join(() => this.#goOn())
		const wakeUp = () => this.#wake()
		stopping.addEventListener('abort', wakeUp)
		const stopRenewing = this.#leases.start()
		const check = setInterval(() => this.#checkDigest(), checkDigestEveryMs).unref()
		try {
			return await this.#work()
		} finally {
			clearInterval(check)
			stopRenewing()
			stopping.removeEventListener('abort', wakeUp)
			leave()
		}
	}

	async #work(): Promise<LaneEnd> {
		const { relays, stopping } = this.#deps
		for (;;) {
			const mustWait = stopping.aborted || this.#isHalted || relays.pausedFor() !== undefined
			if (mustWait) this.#handBackReady()
			await this.#turn({ claiming: !mustWait })
			if (mustWait && this.#isIdle()) {
				if (stopping.aborted) return { kind: 'stopped' }
				if (this.#isHalted) return { kind: 'digest_halted' }
				await relays.untilOpen(stopping)
				const reason = relays.pausedFor()
				if (reason) return { kind: 'relay_unavailable', reason }
				continue
			}
			if (!mustWait) {
				this.#startSends()
				if (this.#isIdle() && this.#cursor.isAtEnd && !this.#cursor.expectsRows) return this.#endAtNothing()
			}
			await this.#untilWorthwhile()
			if (this.#cursor.isAtEnd && this.#cursor.expectsRows) this.#cursor.restart()
		}
	}

	/** Nothing is claimed of a digest that is paused either. */
	async #endAtNothing(): Promise<LaneEnd> {
		await this.#checkDigest()
		return { kind: this.#isHalted ? 'digest_halted' : 'nothing_due' }
	}

	/** Claims nothing where there is room for few rows and enough are ready. */
	async #turn({ claiming }: { claiming: boolean }): Promise<void> {
		const settled = [...this.#settled]
		const { extra, room } =
			claiming && !this.#cursor.isAtEnd ? this.#takeRoom(settled.length) : { extra: 0, room: 0 }
		const limit = room < this.#flushAt && this.#ready.length > 0 ? 0 : room
		this.#cursor.beginTurn()
		const claimedAt = performance.now()
		const claim = { limit, leaseSeconds, after: this.#cursor.after, withNames: this.#withNames }
		const answer = await this.#ledger.settleAndClaim({ settled, claim }, () => this.#knownRows())
		if (!answer) this.#cursor.restart()
		else {
			if (limit > 0) this.#cursor.follow(answer, claimedAt)
			this.#cursor.noteSettled(settled)
		}
		this.#settled = this.#settled.slice(settled.length)
		const claimed = answer?.claimed ?? []
		for (const row of await this.#admit(claimed)) this.#ready.push({ row, claimedAt })
		this.#deps.relays.budget.release(settled.length + extra - claimed.length)
	}

	async #admit(claimed: readonly Claimed[]): Promise<readonly Claimed[]> {
		const { relays, throttle } = this.#deps
		const { admitted, putOff, isRecovering } = await admitRows({ domains: relays.domains, throttle }, claimed)
		this.#settled.push(...putOff)
		if (isRecovering) this.#cursor.expectRowsIn(recoveryTurnSeconds)
		return admitted
	}

	/** Rows that are about to be written make room at once. */
	#takeRoom(freed: number): { extra: number; room: number } {
		const { connections, budget } = this.#deps.relays
		const claimed = this.#ready.length + this.#underWay.size + this.#settled.length
		const wanted = Math.min(connections, Math.max(0, budget.share() - claimed + freed))
		const extra = budget.take(Math.max(0, wanted - freed))
		return { extra, room: Math.min(wanted, freed + extra) }
	}

	#knownRows(): number[] {
		const rows = [...this.#ready.map(({ row }) => row), ...this.#settled]
		return [...rows.map(({ subscriptionId }) => subscriptionId), ...this.#underWay]
	}

	#goOn(): void {
		this.#startSends()
		if (this.#isWorthwhile()) this.#wake()
	}

	#startSends(): void {
		const { relays, stopping } = this.#deps
		const mayGoOn = () => !stopping.aborted && !this.#isHalted
		while (this.#ready.length > 0 && mayGoOn() && relays.canSend()) {
			const ready = this.#ready.shift()
			if (!ready) return
			if (this.#leases.isSafe(ready.claimedAt)) this.#begin(ready)
			else this.#settled.push(putBack(ready.row))
		}
		if (this.#ready.length === 0) return
		relays.requestPermits(this.#ready.length)
		if (mayGoOn() && relays.pausedFor() === undefined) this.#messages.makeNext(this.#ready)
	}

	#begin(ready: ReadyRow): void {
		const afterSeconds = this.#deps.relays.domains.begin(ready.row)
		if (afterSeconds > 0) this.#settled.push({ ...putBack(ready.row), afterSeconds })
		else void this.#send(ready)
	}

	async #send(ready: ReadyRow): Promise<void> {
		const { subscriptionId, domain } = ready.row
		this.#underWay.add(subscriptionId)
		const delivery = { digestId: this.#key.digestId, subscriptionId }
		const outcome = await sendMessage(this.#deps, delivery, () => this.#messages.take(ready))
		this.#underWay.delete(subscriptionId)
		this.#deps.relays.domains.end(domain, outcome)
		if (isDomainRateRefusal(outcome)) pauseAfterRefusal(this.#deps, domain, outcome)
		if (outcome.kind === 'accepted') this.accepted += 1
		this.#settled.push(settleOutcome(ready.row, outcome))
		this.#goOn()
	}

	#handBackReady(): void {
		for (const { row } of this.#ready.splice(0)) this.#settled.push(putBack(row))
	}

	/** Without an answer the lane goes on: it can't claim anything then either. */
	async #checkDigest(): Promise<void> {
		const state = await selectDigestState(this.#deps.db, this.#key.digestId).catch(() => undefined)
		if (state === undefined) return
		this.#isHalted = state !== 'sending'
		if (this.#isHalted) this.#wake()
	}

	#isIdle(): boolean {
		return this.#ready.length + this.#underWay.size + this.#settled.length === 0
	}

	#isWorthwhile(): boolean {
		if (this.#cursor.foundOnlyLeftOut && this.#ready.length === 0) return true
		if (this.#settled.length === 0) return false
		const isStarving = this.#ready.length === 0 && !this.#cursor.isAtEnd
		return this.#settled.length >= this.#flushAt || isStarving || this.#underWay.size === 0
	}

	/** Waits for many outcomes, or for few that have waited long enough. */
	async #untilWorthwhile(): Promise<void> {
		if (!this.#isWorthwhile()) {
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, writeWithinMs)
				this.#wake = () => {
					clearTimeout(timer)
					resolve()
				}
			})
			this.#wake = () => {}
		}
		// replies that have come in already shall be part of it
		await setImmediate()
	}
}
