import type { Cursor, LedgerAnswer, Settled } from '../store/claims.ts'

/** Outcomes are written after this at the latest. */
export const writeWithinMs = 50
/** A lane stays for rows that it has put off for no longer than this … */
const longestWaitSeconds = 330
/** … and for rows that were refused for now for no longer than this. */
const shortWaitSeconds = 20

/**
 * Where a lane stands in what is due, and whether rows will come back that it should stay for. Times are in
 * milliseconds of `performance.now()`.
 */
export class LedgerCursor {
	#after: Cursor | undefined
	#isAtEnd = false
	#endSeenAt = 0
	#rowsBackUntil = Number.NEGATIVE_INFINITY
	#foundOnlyLeftOut = false

	get after(): Cursor | undefined {
		return this.#after
	}

	get isAtEnd(): boolean {
		return this.#isAtEnd
	}

	/** Whether the last look found rows but none to send, so that the next need not wait. */
	get foundOnlyLeftOut(): boolean {
		return this.#foundOnlyLeftOut
	}

	/**
	 * Whether rows come back that no look has seen. What counts is when a look began, not when it was answered.
	 */
	get expectsRows(): boolean {
		return this.#endSeenAt < this.#rowsBackUntil + writeWithinMs
	}

	beginTurn(): void {
		this.#foundOnlyLeftOut = false
	}

	follow({ claimed, excluded, cursor }: LedgerAnswer, begunAt: number): void {
		this.#foundOnlyLeftOut = claimed.length === 0 && excluded > 0
		if (claimed.length + excluded === 0) {
			this.#isAtEnd = this.#after === undefined
			this.#endSeenAt = begunAt
		}
		this.#after = cursor
	}

	/** Rows handed back stand before the cursor; rows put off come back later. */
	noteSettled(settled: readonly Settled[]): void {
		for (const row of settled) {
			if (row.kind === 'deferred' && row.afterSeconds <= shortWaitSeconds) this.expectRowsIn(row.afterSeconds)
			if (row.kind !== 'untouched') continue
			if (row.afterSeconds === undefined) this.restart()
			// the reconciler finds what comes back later; rows for others are left to them
			else if (!row.forOthers && row.afterSeconds <= longestWaitSeconds) this.expectRowsIn(row.afterSeconds)
		}
	}

	expectRowsIn(seconds: number): void {
		this.#rowsBackUntil = Math.max(this.#rowsBackUntil, performance.now() + seconds * 1_000)
	}

	restart(): void {
		this.#after = undefined
		this.#isAtEnd = false
	}
}
