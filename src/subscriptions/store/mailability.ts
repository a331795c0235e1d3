import { type RawBuilder, sql } from 'kysely'
import type { SubscriptionState } from '../../kernel/enumerations.ts'

/**
 * Who may be mailed, defined once: an active subscription that is not paused and whose address is not
 * suppressed. Planning, claiming, resending,
 * notices and counts all put these pieces into statements of their own, so that none of them can disagree.
 */

/** Joins what the question needs to a subscription that is known as `s`; that may be an outer join's empty row. */
export const joinMailability: RawBuilder<unknown> = sql`
	left join subscribers p on p.id = s.subscriber_id
	left join suppressions x on x.address_hash = p.address_hash and x.lifted_at is null`

/** Why the subscription `s` may not be mailed; null where it may. One that is gone counts as unsubscribed. */
export const whyNotMailed: RawBuilder<WhyNotMailed | null> = sql`case
	when s.state = 'pending' then 'pending'
	when s.state is distinct from 'active' then 'unsubscribed'
	when x.address_hash is not null then 'suppressed'
	when s.paused_until > now() then 'paused'
end`

export type WhyNotMailed = Exclude<SubscriptionState, 'active'> | 'suppressed' | 'paused'
