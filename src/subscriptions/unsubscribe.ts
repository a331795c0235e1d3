import type { Clock } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import type { ConsentAction } from '../kernel/enumerations.ts'
import type { Keys } from '../kernel/keys.ts'
import { recordChange } from './record-change.ts'
import {
	endSubscription,
	findSubscription,
	lockSubscription,
	type SubscriptionRecord,
} from './store/subscriptions.ts'
import { readUnsubscribeToken } from './unsubscribe-url.ts'
import { type LeavingView, toLeavingView } from './view-leaving.ts'

export type LeavingDeps = { db: Database; clock: Clock; keys: Keys; config: { recordIp: boolean } }

export type Leaving = { token: string; page: string; ip: string }

/**
 * Ends one subscription by a signed link, whoever follows it (RFC 8058 §3.1); that newsletter's only. A second time
 * changes nothing and is answered alike.
 */
export async function unsubscribe(
	deps: LeavingDeps,
	leaving: Leaving,
): Promise<LeavingView | 'forged' | 'erased'> {
	return changeByLink(deps, leaving, 'unsubscribed', async (tx, subscription, now) => {
		if (subscription.state === 'unsubscribed') return false
		await endSubscription(tx, subscription.id, now)
		return true
	})
}

type Change = (tx: DatabaseOrTransaction, subscription: SubscriptionRecord, now: Date) => Promise<boolean>

/** Runs a change on the subscription of a signed link, alone; writes a receipt where it changed anything. */
export async function changeByLink(
	{ db, clock, keys, config }: LeavingDeps,
	{ token, page, ip }: Leaving,
	action: ConsentAction,
	change: Change,
): Promise<LeavingView | 'forged' | 'erased'> {
	const link = readUnsubscribeToken(keys, token)
	if (!link) return 'forged'
	const now = clock.now()
	return db.transaction().execute(async (tx) => {
		await lockSubscription(tx, link.subscriptionId)
		const before = await findSubscription(tx, link.subscriptionId)
		if (!before) return 'erased'
		if (!(await change(tx, before, now))) return toLeavingView(before, link, now)
		const { digestId } = link
		await recordChange(tx, before, { action, page, digestId, ip: config.recordIp ? ip : null, at: now })
		const after = await findSubscription(tx, link.subscriptionId)
		return after ? toLeavingView(after, link, now) : 'erased'
	})
}
