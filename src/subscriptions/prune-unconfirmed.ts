import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { deleteRequestsEndedBefore } from './requests/store.ts'
import { undoDays } from './requests/view-request.ts'
import { deleteConfirmationsExpiredBefore } from './store/confirmations.ts'
import { deleteUnusedSubscribers } from './store/subscribers.ts'
import { deletePendingBefore } from './store/subscriptions.ts'

export type PruneDeps = { db: Database; clock: Clock; log: Log; config: { unconfirmedDays: number } }

/**
 * Forgets sign-ups that nobody confirmed and addresses that nothing needs any more (GDPR art. 5(1)(e)). Links stay as
 * long after their end, so that whoever opens an old mail is told that it has expired rather than that it is unknown.
 */
export async function pruneUnconfirmed({ db, clock, log, config }: PruneDeps): Promise<void> {
	const before = addDays(clock.now(), -config.unconfirmedDays)
	const subscriptions = await deletePendingBefore(db, before)
	const confirmations = await deleteConfirmationsExpiredBefore(db, before)
	// those of today still count for how much a mailbox got
	const ended = { unused: addDays(clock.now(), -1), used: addDays(clock.now(), -undoDays - 1) }
	const requests = await deleteRequestsEndedBefore(db, ended)
	const subscribers = await deleteUnusedSubscribers(db)
	log.info({ subscriptions, confirmations, requests, subscribers }, 'unconfirmed sign-ups were pruned')
}
