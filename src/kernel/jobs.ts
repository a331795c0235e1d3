/** A producer of jobs: the database is the truth, a job is only a hint that something is due. */
export type Jobs<Catalog extends Record<string, object> = Record<string, object>> = {
	/**
	 * Adds a job after the transaction that it depends on has been committed.
	 * With `dedupe`, a job of that name and key that still waits or runs is enough; one that was put off gives way. With
	 * `perMs` too, one job in that time is enough, even where it has ended; what a clock that was ahead has asked for does
	 * not count. `delayMs` puts it off.
	 * A queue that does not answer is logged, not thrown: the reconciler finds what the database says is due.
	 */
	enqueue<Name extends keyof Catalog & string>(
		name: Name,
		payload: Catalog[Name],
		options?: { delayMs?: number; dedupe?: string; perMs?: number },
	): Promise<void>
	/** Creates or changes the repetition `key` of a job: a cron pattern in a time zone. */
	schedule<Name extends keyof Catalog & string>(
		key: string,
		when: { cron: string; timeZone: string },
		name: Name,
		payload: Catalog[Name],
	): Promise<void>
	/** Ends the repetition `key`; fine where there is none. */
	unschedule(key: string, name: keyof Catalog & string): Promise<void>
}
