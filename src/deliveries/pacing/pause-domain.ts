import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import type { SendOutcome } from '../../kernel/mail.ts'
import { domainPauseSeconds } from './domain-backoff.ts'
import { keepPause } from './store.ts'

/** Sends nothing to a domain for a while, in all processes; staff sees the reason. */
export async function pauseDomain(
	{ db }: { db: Database },
	domain: string,
	pause: { reason: string; seconds: number },
): Promise<void> {
	await keepPause(db, { scope: 'domain', name: domain }, pause)
}

/** Does not wait for the database, and never rejects. */
export function pauseAfterRefusal(
	{ db, log }: { db: Database; log: Log },
	domain: string,
	outcome: SendOutcome,
): void {
	const reason = 'reply' in outcome ? outcome.reply : ''
	log.warn({ domain, reason, seconds: domainPauseSeconds }, 'a domain finds us too fast: it is left alone')
	pauseDomain({ db }, domain, { reason, seconds: domainPauseSeconds }).catch((error) =>
		log.warn({ err: error }, 'a pause could not be written down'),
	)
}
