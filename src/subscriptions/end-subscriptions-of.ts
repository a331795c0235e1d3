import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { selectPersonsSubscriptions } from './readers/store/persons.ts'
import { recordChange } from './record-change.ts'
import { endSubscription, findSubscription, lockSubscription } from './store/subscriptions.ts'

type Ending = {
	subscriberId: number
	/** Only that to this newsletter; all where none is named. */
	newsletter?: string | undefined
	page: string
	digestId: number
	ip: string | null
	at: Date
}

/** Ends a person's subscriptions, each with a receipt. Gives the newsletters that were left. */
export async function endSubscriptionsOf(
	tx: DatabaseOrTransaction,
	{ subscriberId, newsletter, ...change }: Ending,
): Promise<string[]> {
	const left: string[] = []
	const all = await selectPersonsSubscriptions(tx, [subscriberId])
	// in the order in which all take several
	for (const { id, newsletter: slug } of all.toSorted((a, b) => a.id - b.id)) {
		if (newsletter !== undefined && slug !== newsletter) continue
		await lockSubscription(tx, id)
		const subscription = await findSubscription(tx, id)
		if (!subscription || subscription.state === 'unsubscribed') continue
		await endSubscription(tx, id, change.at)
		await recordChange(tx, subscription, { action: 'unsubscribed', ...change })
		left.push(slug)
	}
	return left.sort()
}
