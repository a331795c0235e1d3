/** Counts what is done under a key, over all processes. Keys hold hashes, never addresses. */
export type Limiter = {
	/**
	 * Takes one of `points` in a window of `perSeconds`; when none is left says after how many seconds one will be.
	 * Where the shared counters can't be reached, each process counts for itself.
	 */
	take(key: string, limit: { points: number; perSeconds: number }): Promise<LimiterAnswer>
	/** How many were taken in the present window. Where the shared counters can't be reached, by this process. */
	count(key: string, limit: { points: number; perSeconds: number }): Promise<number>
	/** Gives back what a `take` with the same limit counted, whatever it answered. */
	giveBack(key: string, limit: { points: number; perSeconds: number }): Promise<void>
	/** Deletes the counters whose window is over, where their store does not do so by itself. Gives how many. */
	forgetExpired(): Promise<number>
}

export type LimiterAnswer = { ok: true } | { ok: false; retryAfterSeconds: number }
