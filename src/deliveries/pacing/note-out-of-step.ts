import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { keepPause } from './store.ts'

/** A relay does not do what it offers, so it is spoken to one command at a time for a while. */
export type OutOfStep = { relay: string; what: string; seconds: number }

/** For the log and, beside the pauses, for staff. It is no pause: the relay stays in use. */
export function noteOutOfStep(
	{ db, log }: { db: Database; log: Log },
	{ relay, what, seconds }: OutOfStep,
): void {
	log.warn({ relay, what }, 'the relay does not keep to what it offers: one command at a time from here on')
	keepPause(db, { scope: 'pipelining', name: relay }, { reason: what, seconds }).catch((error) =>
		log.warn({ err: error }, 'that a relay is spoken to one command at a time could not be written down'),
	)
}
