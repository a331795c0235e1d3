import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { endConsentOver } from './store/implied-consent.ts'

const atOnce = 500

/** Ends the subscriptions whose consent was only implied, as that of donors, and is over; each leaves a receipt. */
export async function endImpliedConsent({
	db,
	clock,
	log,
}: {
	db: Database
	clock: Clock
	log: Log
}): Promise<void> {
	const now = clock.now()
	let ended = 0
	for (let last = atOnce; last === atOnce; ended += last) {
		last = await endConsentOver(db, { now, limit: atOnce })
	}
	if (ended > 0) log.info({ subscriptions: ended }, 'implied consent has ended')
}
