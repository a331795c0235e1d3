import type { Cursor, LedgerAnswer, Settled } from '../store/claims.ts'

/** Outcomes are written down after this at the latest, also where few come in. */
export const writeWithinMs = 50
/** A lane stays for rows that it has put off, unless they come back later than this … */
const longestWaitSeconds = 330
/** … and for rows that the relay takes again soon. */
const shortWaitSeconds = 20

/**
 * Where a lane stands in what is due of its digest, and whether rows will come back that it should stay for. Times are
 * those of the process's own clock, in milliseconds.
 */
export class LedgerCursor {
	#after: Cursor | undefined
	#isAtEnd = false
	#endSeenAt = 0
	#rowsBackUntil = Number.NEGATIVE_INFINITY
	#foundOnlyLeftOut = false

	/** Rows up to here have been looked at. */
	get after(): Cursor | undefined {
		return this.#after
	}

	/** Whether the last look from the beginning found nothing due. */
	get isAtEnd(): boolean {
		return this.#isAtEnd
	}

	/** Whether the last look found rows, but none to send: then the next look need not wait. */
	get foundOnlyLeftOut(): boolean {
		return this.#foundOnlyLeftOut
	}

	/** Whether rows come back that no look has seen: one that began before they did has not, however late its answer was. */
	get expectsRows(): boolean {
		return this.#endSeenAt < this.#rowsBackUntil + writeWithinMs
	}

	/** A statement begins that may not claim anything. */
	beginTurn(): void {
		this.#foundOnlyLeftOut = false
	}

	/** Goes on by what a claim found that began at `begunAt`. */
	follow({ claimed, excluded, cursor }: LedgerAnswer, begunAt: number): void {
		this.#foundOnlyLeftOut = claimed.length === 0 && excluded > 0
		if (claimed.length + excluded === 0) {
			this.#isAtEnd = this.#after === undefined
			this.#endSeenAt = begunAt
		}
		this.#after = cursor
	}

	/** Rows have been written back: those handed back stand before the cursor, and those put off are due later. */
	noteSettled(settled: readonly Settled[]): void {
		for (const row of settled) {
			if (row.kind === 'deferred' && row.afterSeconds <= shortWaitSeconds) this.expectRowsIn(row.afterSeconds)
			if (row.kind !== 'untouched') continue
			if (row.afterSeconds === undefined) this.restart()
			// what waits longer is found by the reconciler; to stay for another's rows would only take them from it
			else if (!row.forOthers && row.afterSeconds <= longestWaitSeconds) this.expectRowsIn(row.afterSeconds)
		}
	}

	expectRowsIn(seconds: number): void {
		this.#rowsBackUntil = Math.max(this.#rowsBackUntil, performance.now() + seconds * 1_000)
	}

	/** Looks from the beginning again. */
	restart(): void {
		this.#after = undefined
		this.#isAtEnd = false
	}
}
