import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { forgetFullDay, keepPause, type PausedPart } from '../pacing/store.ts'
import type { RelayHold } from './relay-health.ts'

/** Writes down pauses for staff and other processes, where there is a database. Never rejects. */
export class PauseRecords {
	readonly #db: Database | undefined
	readonly #log: Log
	#holdsWritten: Promise<void> = Promise.resolve()

	constructor(db: Database | undefined, log: Log) {
		this.#db = db
		this.#log = log
	}

	forgetFullDay(): void {
		if (!this.#db) return
		forgetFullDay(this.#db).catch((error) =>
			this.#log.warn({ err: error }, 'a pause could not be taken back'),
		)
	}

	keep(part: PausedPart, reason: string, pauseMs: number): void {
		if (!this.#db) return
		// rounded up, so that its end is not shown as past while it lasts
		keepPause(this.#db, part, { reason, seconds: Math.ceil(pauseMs / 1_000) }).catch(this.#warn)
	}

	keepHold(hold: RelayHold, onHold: ((hold: RelayHold) => Promise<void>) | undefined): void {
		this.#holdsWritten = this.#holdsWritten
			.then(async () => {
				const { name, reason, seconds } = hold
				const part = { scope: 'relay' as const, name }
				if (this.#db) await keepPause(this.#db, part, { reason, seconds: Math.ceil(seconds), held: true })
				await onHold?.(hold)
			})
			.catch(this.#warn)
	}

	holdsWritten(): Promise<void> {
		return this.#holdsWritten
	}

	readonly #warn = (error: unknown): void => {
		this.#log.warn({ err: error }, 'a pause could not be written down')
	}
}
