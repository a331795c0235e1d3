import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { endSubscriptionsOf } from '../end-subscriptions-of.ts'
import { getPerson } from './show-reader.ts'
import { staffPage } from './staff-page.ts'

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
		const change = { page: staffPage(actor), digestId: 0, ip: null, at }
		const left = await endSubscriptionsOf(tx, { subscriberId: id, newsletter, ...change })
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
