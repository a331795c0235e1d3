import { randomBytes } from 'node:crypto'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { selectDigestState } from '../digests/index.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import type { ReadyMessage, SendOutcome } from '../kernel/mail.ts'
import { ownReason } from '../kernel/own-reason.ts'
import { textFromOutside } from '../kernel/text-from-outside.ts'
import type { Composer } from './create-composer.ts'
import type { DomainGate } from './pacing/domain-gate.ts'
import { domainPauseSeconds, leftToOthersSeconds } from './pacing/domain-manners.ts'
import { pausesDomain } from './pacing/pause-policy.ts'
import { keepPause } from './pacing/store.ts'
import type { Relay } from './relay.ts'
import { settleOneByOne } from './settle-one-by-one.ts'
import { settleOutcome } from './settle-outcome.ts'
import {
	type Claimed,
	type Cursor,
	type LedgerAnswer,
	type Settled,
	settleAndClaim,
	type WorkerKey,
} from './store/claims.ts'
import { handBackUnknown, renewLeases } from './store/leases.ts'

export type LaneDeps = {
	db: Database
	log: Log
	relay: Relay
	/** Speed limits of recipient domains, where there are any. */
	gate?: DomainGate
	/** Given when the process is about to stop. */
	stopping: AbortSignal
}

/** Why a lane came to its end. What is left due is found again by the reconciler. */
export type LaneEnd =
	| { kind: 'nothing_due' }
	| { kind: 'relay_unavailable'; reason: string }
	/** Staff has paused or cancelled the digest. */
	| { kind: 'held' }
	| { kind: 'stopped' }

const leaseSeconds = 60
const renewEveryMs = 15_000
/** How often a lane looks whether its digest is still to be sent: the claim looks by itself, claimed rows wait for this. */
const lookEveryMs = 1_000
/** How long after the claim, or the last renewal, a message is surely still this worker's to send. */
const safeMs = 45_000
/** Outcomes are written down after this at the latest, also where few come in. */
const writeWithinMs = 50
/** A lane stays for rows that it has put off, unless they come back later than this. */
const longestWaitSeconds = 330
/** … and for rows that the relay takes again in a moment. */
const shortWaitSeconds = 20
/** How long a process that stops goes on trying to write down what it knows. */
const lastTriesMs = 5_000

/** So many messages are composed and signed before their turn comes … */
const mostAhead = 16
/** … and made anew if that has not come for so long, as they tell the time. */
const aheadMs = 10_000

/**
 * A claimed row, and until when (on this process's own clock) its lease surely holds. What is made for it ahead of its
 * turn goes with it when it is handed back.
 */
type Marked = { row: Claimed; safeUntil: number; ahead?: { message: Promise<ReadyMessage>; madeAt: number } }

type Turn = { settled: readonly Settled[]; limit: number; begunAt: number }

/**
 * One run through what is due of a digest: claims rows, sends them over as many connections as there are, and writes
 * down what became of them, all at the same time. Rows that are claimed but not yet begun are few, and handed back
 * when the process stops or the relay fails.
 */
export class Lane {
	readonly #deps: LaneDeps
	readonly #key: WorkerKey
	readonly #compose: Composer
	readonly #flushAt: number
	#ready: Marked[] = []
	readonly #underWay = new Set<number>()
	#settled: Settled[] = []
	#cursor: Cursor | undefined
	/** Whether the last look from the beginning found nothing due. */
	#exhausted = false
	/** When that look began. */
	#exhaustedAt = 0
	/** Until when rows come back that were put off: the lane stays until it has looked after that. */
	#putOffUntil = Number.NEGATIVE_INFINITY
	#renewedUntil = 0
	/** Whether the last look found rows, but none to send: the next ones are looked at without a wait. */
	#leftOutOnly = false
	/** Whether staff has paused or cancelled the digest. */
	#held = false
	#wake: () => void = () => {}
	/** How many messages the relay took. */
	accepted = 0

	constructor(deps: LaneDeps, digestId: number, compose: Composer) {
		this.#deps = deps
		this.#key = { digestId, worker: randomBytes(9).toString('base64url') }
		this.#compose = compose
		this.#flushAt = Math.max(1, Math.floor(deps.relay.connections / 2))
	}

	async run(): Promise<LaneEnd> {
		const { relay, stopping } = this.#deps
		const leave = relay.join(() => this.#goOn())
		const wakeUp = () => this.#wake()
		stopping.addEventListener('abort', wakeUp)
		const renewal = setInterval(() => this.#renew(), renewEveryMs).unref()
		const look = setInterval(() => this.#look(), lookEveryMs).unref()
		try {
			return await this.#work()
		} finally {
			clearInterval(renewal)
			clearInterval(look)
			stopping.removeEventListener('abort', wakeUp)
			leave()
		}
	}

	async #work(): Promise<LaneEnd> {
		const { relay, stopping } = this.#deps
		for (;;) {
			const reason = relay.pausedFor()
			const halted = stopping.aborted || this.#held || reason !== undefined
			if (halted) this.#handBackReady()
			await this.#turn({ claiming: !halted })
			if (halted && this.#isIdle()) {
				if (stopping.aborted) return { kind: 'stopped' }
				if (this.#held) return { kind: 'held' }
				await relay.untilOpen(stopping)
				const still = relay.pausedFor()
				if (still) return { kind: 'relay_unavailable', reason: still }
				continue
			}
			if (!halted) this.#startSends()
			if (!halted && this.#isIdle() && this.#exhausted && !this.#expectsRows()) return { kind: 'nothing_due' }
			await this.#untilWorthwhile()
			if (this.#exhausted && this.#expectsRows()) this.#lookAgain()
		}
	}

	/** Writes down what has come in and claims as much as may be marked, unless that is little while enough is at hand. */
	async #turn({ claiming }: { claiming: boolean }): Promise<void> {
		const { db, relay } = this.#deps
		this.#leftOutOnly = false
		const settled = [...this.#settled]
		const { extra, room } =
			claiming && !this.#exhausted ? this.#takeRoom(settled.length) : { extra: 0, room: 0 }
		const limit = room < this.#flushAt && this.#ready.length > 0 ? 0 : room
		const claim = { limit, leaseSeconds, after: this.#cursor }
		const begunAt = performance.now()
		let claimed: Claimed[] = []
		try {
			const answer = await settleAndClaim(db, this.#key, { settled, claim })
			claimed = answer.claimed
			this.#follow(answer, { settled, limit, begunAt })
			this.#expect(settled)
		} catch (error) {
			await this.#settleAfterFailure(settled, error)
		}
		this.#settled = this.#settled.slice(settled.length)
		const admitted = await this.#admit(claimed)
		this.#ready.push(...admitted.map((row) => ({ row, safeUntil: begunAt + safeMs })))
		relay.returnMarks(settled.length + extra - claimed.length)
	}

	/** Rows whose domain may not be sent more now are put off, so that they stand in nobody's way. */
	async #admit(claimed: readonly Claimed[]): Promise<readonly Claimed[]> {
		const { gate, relay } = this.#deps
		if (claimed.length === 0) return claimed
		const ours = this.#withoutWait(claimed, await relay.manners.admit(claimed), { forOthers: true })
		// what others have put off of a domain that only we may send to now
		if (ours.some(({ pausedAt }) => pausedAt !== null)) this.#stayFor(leftToOthersSeconds)
		if (!gate || ours.length === 0) return ours
		return this.#withoutWait(ours, await gate.admit(ours.map(({ domain }) => domain)))
	}

	/** Puts off the rows that have seconds to wait, and gives the others. */
	#withoutWait(
		rows: readonly Claimed[],
		waits: readonly number[],
		{ forOthers = false } = {},
	): readonly Claimed[] {
		return rows.filter((row, index) => {
			const afterSeconds = waits[index] ?? 0
			if (afterSeconds > 0) this.#putOff(row, afterSeconds, forOthers)
			return afterSeconds === 0
		})
	}

	#putOff(
		{ subscriptionId, attempts }: Pick<Claimed, 'subscriptionId' | 'attempts'>,
		afterSeconds: number,
		forOthers = false,
	): void {
		this.#settled.push({ subscriptionId, attempts, kind: 'untouched', afterSeconds, forOthers })
	}

	/** How many rows may be claimed: marks that what is written down sets free can be used again at once. */
	#takeRoom(freed: number): { extra: number; room: number } {
		const { relay } = this.#deps
		const wanted = Math.min(relay.connections, Math.max(0, relay.share() - this.#marked() + freed))
		const extra = relay.takeMarks(Math.max(0, wanted - freed))
		return { extra, room: Math.min(wanted, freed + extra) }
	}

	/**
	 * Nobody knows whether the statement was carried out. What became of rows is written down however long that takes,
	 * for nobody else knows it; rows that were claimed without our learning of it are handed back.
	 */
	async #settleAfterFailure(settled: readonly Settled[], error: unknown): Promise<void> {
		const { db, log } = this.#deps
		log.warn(
			{ digestId: this.#key.digestId, err: error },
			'the database did not take what a lane had to write',
		)
		await this.#untilDone(() => settleOneByOne(this.#deps, this.#key, settled))
		const kept = [...this.#ready.map(({ row }) => row), ...this.#settled]
		const known = [...kept.map(({ subscriptionId }) => subscriptionId), ...this.#underWay]
		await this.#untilDone(() => handBackUnknown(db, this.#key, known))
		this.#lookAgain()
	}

	/** Rows that were handed back stand before the cursor. */
	#lookAgain(): void {
		this.#cursor = undefined
		this.#exhausted = false
	}

	/** Rows come back by the database's clock, counted from when that was told. */
	#expect(settled: readonly Settled[]): void {
		for (const row of settled) {
			if (row.kind === 'deferred' && row.afterSeconds <= shortWaitSeconds) this.#stayFor(row.afterSeconds)
			const seconds = row.kind === 'untouched' && !row.forOthers ? row.afterSeconds : undefined
			// what waits longer is found again by the reconciler; whoever stays for what is not its own only takes it from others
			if (seconds === undefined || seconds > longestWaitSeconds) continue
			this.#stayFor(seconds)
		}
	}

	#stayFor(seconds: number): void {
		this.#putOffUntil = Math.max(this.#putOffUntil, performance.now() + seconds * 1_000)
	}

	#follow({ claimed, excluded, cursor, written }: LedgerAnswer, { settled, limit, begunAt }: Turn): void {
		if (limit > 0) {
			this.#leftOutOnly = claimed.length === 0 && excluded > 0
			if (claimed.length + excluded === 0) {
				this.#exhausted = this.#cursor === undefined
				this.#exhaustedAt = begunAt
			}
			this.#cursor = cursor
		}
		if (settled.some((row) => row.kind === 'untouched' && row.afterSeconds === undefined)) this.#lookAgain()
		if (written < settled.length) {
			const { log } = this.#deps
			log.error(
				{ ...this.#key, outcomes: settled.length, written },
				'outcomes met rows that are no longer ours',
			)
		}
	}

	#goOn(): void {
		this.#startSends()
		if (this.#isWorthwhile()) this.#wake()
	}

	#startSends(): void {
		const { relay, stopping } = this.#deps
		while (this.#ready.length > 0 && !stopping.aborted && !this.#held && relay.canSend()) {
			const marked = this.#ready.shift()
			if (!marked) return
			const { row, safeUntil } = marked
			if (performance.now() >= Math.max(safeUntil, this.#renewedUntil)) {
				const { subscriptionId, attempts } = row
				this.#settled.push({ subscriptionId, attempts, kind: 'untouched' })
				continue
			}
			const afterSeconds = relay.manners.begin(row)
			if (afterSeconds > 0) this.#putOff(row, afterSeconds)
			else this.#send(marked)
		}
		if (this.#ready.length === 0) return
		relay.await(this.#ready.length)
		if (!stopping.aborted && !this.#held && relay.pausedFor() === undefined) this.#makeAhead()
	}

	/** While the connections are busy, the messages that are next are composed and signed. */
	#makeAhead(): void {
		const { relay } = this.#deps
		const now = performance.now()
		for (const marked of this.#ready.slice(0, mostAhead)) {
			if (marked.ahead && now - marked.ahead.madeAt < aheadMs) continue
			try {
				marked.ahead = { message: relay.prepare(this.#compose(marked.row)), madeAt: now }
			} catch {
				// told when its turn comes
				delete marked.ahead
			}
		}
	}

	async #send(marked: Marked): Promise<void> {
		const { row } = marked
		this.#underWay.add(row.subscriptionId)
		const outcome = await this.#trySending(marked)
		this.#underWay.delete(row.subscriptionId)
		this.#deps.relay.manners.end(row.domain, outcome)
		if (pausesDomain(outcome)) this.#pauseDomain(row.domain, outcome)
		if (outcome.kind === 'accepted') this.accepted += 1
		this.#settled.push(settleOutcome(row, outcome))
		this.#goOn()
	}

	#pauseDomain(domain: string, outcome: SendOutcome): void {
		const { db, log } = this.#deps
		const reason = 'reply' in outcome ? outcome.reply : ''
		log.warn({ domain, reason, seconds: domainPauseSeconds }, 'a domain finds us too fast: it is left alone')
		keepPause(db, { scope: 'domain', name: domain }, { reason, seconds: domainPauseSeconds }).catch((error) =>
			log.warn({ err: error }, 'a pause could not be written down'),
		)
	}

	async #trySending({ row, ahead }: Marked): Promise<SendOutcome> {
		const isFresh = ahead && performance.now() - ahead.madeAt < aheadMs
		let message: ReadyMessage | Promise<ReadyMessage>
		try {
			message = isFresh ? ahead.message : this.#compose(row)
		} catch (error) {
			const { subscriptionId } = row
			this.#deps.log.error(
				{ digestId: this.#key.digestId, subscriptionId, err: error },
				'a message can’t be composed',
			)
			const reply = ownReason(
				'not_composed',
				error instanceof Error ? textFromOutside(error.message, 500) : '',
			)
			return { kind: 'refused', permanence: 'permanent', scope: 'recipient', reply }
		}
		try {
			return await this.#deps.relay.send(message)
		} catch (error) {
			this.#deps.log.error({ digestId: this.#key.digestId, err: error }, 'sending broke off')
			return { kind: 'in_doubt', reason: ownReason('broke_off') }
		}
	}

	#handBackReady(): void {
		for (const { row } of this.#ready.splice(0)) {
			const { subscriptionId, attempts } = row
			this.#settled.push({ subscriptionId, attempts, kind: 'untouched' })
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
					{ digestId: this.#key.digestId, err: error },
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
			await renewLeases(this.#deps.db, this.#key, leaseSeconds)
			this.#renewedUntil = begun + safeMs
		} catch (error) {
			this.#deps.log.warn({ digestId: this.#key.digestId, err: error }, 'leases could not be renewed')
		}
	}

	/** Where the database doesn't answer the lane goes on as it was: it can't claim anything either. */
	async #look(): Promise<void> {
		const state = await selectDigestState(this.#deps.db, this.#key.digestId).catch(() => undefined)
		if (state === undefined) return
		this.#held = state !== 'sending'
		if (this.#held) this.#wake()
	}

	/** How many rows of the ledger say `sending` because of this lane. */
	#marked(): number {
		return this.#ready.length + this.#underWay.size + this.#settled.length
	}

	/** A look that began before the rows came back has not seen them, however late its answer was. */
	#expectsRows(): boolean {
		return this.#exhaustedAt < this.#putOffUntil + writeWithinMs
	}

	#isIdle(): boolean {
		return this.#marked() === 0
	}

	/** Whether there is enough to write, or reason to claim, to be worth a statement. */
	#isWorthwhile(): boolean {
		if (this.#leftOutOnly && this.#ready.length === 0) return true
		if (this.#settled.length === 0) return false
		const starving = this.#ready.length === 0 && !this.#exhausted
		return this.#settled.length >= this.#flushAt || starving || this.#underWay.size === 0
	}

	/** Waits for outcomes: for many, or for few that have waited long enough. */
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
