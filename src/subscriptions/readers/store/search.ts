import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { SubscriptionState, SuppressionReason } from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'

export type FoundRow = {
	id: number
	local: string
	domain: string
	locale: Locale
	state: SubscriptionState
	since: Date
	unsubscribedAt: Date | null
	pausedUntil: Date | null
	suppression: SuppressionReason | null
}

/**
 * Those of a newsletter whose comparable address begins so, in its order; that of the index of beginnings, so that it stops at
 * the limit.
 */
export async function selectReaders(
	db: DatabaseOrTransaction,
	{ newsletterId, beginning, limit }: { newsletterId: number; beginning: string; limit: number },
): Promise<FoundRow[]> {
	const pattern = `${beginning.replace(/[\\%_]/g, '\\$&')}%`
	const { rows } = await sql<FoundRow>`
		select p.id, p.local_part as local, p.domain, s.locale, s.state, s.created_at as since,
			s.unsubscribed_at as "unsubscribedAt", s.paused_until as "pausedUntil", x.reason as suppression
		from subscribers p
		join subscriptions s on s.subscriber_id = p.id and s.newsletter_id = ${newsletterId}
		left join suppressions x on x.address_hash = p.address_hash and x.lifted_at is null
		where p.comparable_address like ${pattern}
		order by p.comparable_address using ~<~ limit ${limit}`.execute(db)
	return rows
}
