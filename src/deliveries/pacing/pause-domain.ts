import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import type { SendOutcome } from '../../kernel/mail.ts'
import { domainPauseSeconds } from './domain-backoff.ts'
import { keepPause } from './store.ts'

/** Sends nothing to a recipient domain for a while, in all processes; staff sees the reason in the status. */
export async function pauseDomain(
	{ db }: { db: Database },
	domain: string,
	pause: { reason: string; seconds: number },
): Promise<void> {
	await keepPause(db, { scope: 'domain', name: domain }, pause)
}

/** Pauses a domain that finds us too fast. Does not wait, and never rejects. */
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
