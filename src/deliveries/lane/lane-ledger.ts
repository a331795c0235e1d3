import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { type LedgerAnswer, type LedgerTurn, settleAndClaim, type WorkerKey } from '../store/claims.ts'
import { handBackUnknown } from '../store/leases.ts'
import { retryUntilDone } from './retry-until-done.ts'
import { settleOneByOne } from './settle-one-by-one.ts'

type LedgerDeps = { db: Database; log: Log; stopping: AbortSignal }

/** A lane's reading and writing of the ledger. No outcome is lost, however long the database is away. */
export class LaneLedger {
	readonly #deps: LedgerDeps
	readonly #key: WorkerKey

	constructor(deps: LedgerDeps, key: WorkerKey) {
		this.#deps = deps
		this.#key = key
	}

	/**
	 * Writes outcomes and claims rows. Where the database fails nobody knows whether it did both: then the outcomes
	 * are written until that succeeds, rows that may have been claimed are handed back, and the answer is undefined.
	 * `knownRows` gives the subscriptions of all rows that the lane knows to be its own.
	 */
	async settleAndClaim(
		turn: LedgerTurn,
		knownRows: () => readonly number[],
	): Promise<LedgerAnswer | undefined> {
		try {
			const answer = await settleAndClaim(this.#deps.db, this.#key, turn)
			this.#checkWritten(answer.written, turn.settled.length)
			return answer
		} catch (error) {
			this.#warn(error)
			await this.#untilDone(() => settleOneByOne(this.#deps, this.#key, turn.settled))
			const known = knownRows()
			await this.#untilDone(() => handBackUnknown(this.#deps.db, this.#key, known))
			return undefined
		}
	}

	#checkWritten(written: number, outcomes: number): void {
		if (written === outcomes) return
		this.#deps.log.error({ ...this.#key, outcomes, written }, 'outcomes met rows that are no longer ours')
	}

	#untilDone(action: () => Promise<void>): Promise<void> {
		const { stopping } = this.#deps
		return retryUntilDone(action, { stopping, onFailure: (error) => this.#warn(error) })
	}

	#warn(error: unknown): void {
		const { digestId } = this.#key
		this.#deps.log.warn({ digestId, err: error }, 'the database did not take what a lane had to write')
	}
}
