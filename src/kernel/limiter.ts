/** Counts what is done under a key, over all processes. Keys hold hashes, never addresses. */
export type Limiter = {
	/**
	 * Takes one of `points` in a window of `perSeconds`; when none is left says after how many seconds one will be.
	 * Where the counters can't be reached the answer is yes: a limit must not close the front door.
	 */
	take(key: string, limit: { points: number; perSeconds: number }): Promise<LimiterAnswer>
}

export type LimiterAnswer = { ok: true } | { ok: false; retryAfterSeconds: number }
