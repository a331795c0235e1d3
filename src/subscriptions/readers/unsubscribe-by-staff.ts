import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { recordChange } from '../record-change.ts'
import { endSubscription, findSubscription, lockSubscription } from '../store/subscriptions.ts'
import { getPerson } from './show-reader.ts'
import { selectPersonsSubscriptions } from './store/persons.ts'

/**
 * Ends a person’s subscriptions at the wish of staff, all of them or that to one newsletter, each with a receipt. Gives the
 * newsletters that were left; none where nothing was to be ended. Throws `not_found`.
 */
export async function unsubscribeByStaff(
	deps: { db: Database; clock: Clock },
	{ id, newsletter }: { id: number; newsletter?: string | undefined },
	actor: Actor,
): Promise<{ left: string[] }> {
	const at = deps.clock.now()
	return deps.db.transaction().execute(async (tx) => {
		await getPerson(tx, id)
		const left: string[] = []
		for (const { id: subscriptionId, newsletter: slug } of await selectPersonsSubscriptions(tx, [id])) {
			if (newsletter !== undefined && slug !== newsletter) continue
			await lockSubscription(tx, subscriptionId)
			const subscription = await findSubscription(tx, subscriptionId)
			if (!subscription || subscription.state === 'unsubscribed') continue
			await endSubscription(tx, subscriptionId, at)
			const change = { action: 'unsubscribed', page: 'staff', digestId: 0, ip: null, at } as const
			await recordChange(tx, subscription, change)
			left.push(slug)
		}
		const subject = `subscriber:${id}`
		if (left.length > 0) {
			await recordAudit(
				{ ...deps, db: tx },
				{ actor, action: 'unsubscribe', subject, detail: left.join(', ') },
			)
		}
		return { left }
	})
}
