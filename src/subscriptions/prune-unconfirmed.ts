import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { deleteRequestsEndedBefore } from './requests/store.ts'
import { undoDays } from './requests/view-request.ts'
import { deleteConfirmationsExpiredBefore } from './store/confirmations.ts'
import { deleteUnusedSubscribers } from './store/subscribers.ts'
import { deletePendingBefore } from './store/subscriptions.ts'
import { deleteWaitingSignupsBefore } from './store/waiting-signups.ts'

/** How many days after it was done a request of a reader is kept: as long as it can be taken back. */
export const requestDays = undoDays + 1

/** Requests that ended before these times are worth nothing any more; those of today still count for how much a mailbox got. */
export function requestsEnd(now: Date): { unused: Date; used: Date } {
	return { unused: addDays(now, -1), used: addDays(now, -requestDays) }
}

export type PruneDeps = { db: Database; clock: Clock; log: Log; config: { unconfirmedDays: number } }

/**
 * Forgets sign-ups that nobody confirmed and addresses that nothing needs any more (GDPR art. 5(1)(e)). Links stay as
 * long after their end, so that whoever opens an old mail is told that it has expired rather than that it is unknown. Gives how
 * many of each went.
 */
export async function pruneUnconfirmed({
	db,
	clock,
	log,
	config,
}: PruneDeps): Promise<{ signups: number; links: number; requests: number }> {
	const before = addDays(clock.now(), -config.unconfirmedDays)
	const signups = (await deletePendingBefore(db, before)) + (await deleteWaitingSignupsBefore(db, before))
	const links = await deleteConfirmationsExpiredBefore(db, before)
	const requests = await deleteRequestsEndedBefore(db, requestsEnd(clock.now()))
	const subscribers = await deleteUnusedSubscribers(db)
	log.info({ signups, links, requests, subscribers }, 'unconfirmed sign-ups were pruned')
	return { signups, links, requests }
}
