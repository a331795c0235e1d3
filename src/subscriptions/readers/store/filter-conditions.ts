import { type RawBuilder, sql } from 'kysely'
import type { Rhythm, SubscriptionSource, SuppressionReason } from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'

/** How a reader stands: who is mailed, or why not. `out`: the address is suppressed, for whatever reason. */
export type ReaderStanding =
	| 'active'
	| 'paused'
	| 'pending'
	| 'unsubscribed'
	| 'out'
	| `out_${SuppressionReason}`

/** Which readers of a newsletter are wanted; what is not given does not matter. */
export type ReaderFilter = {
	newsletterId: number
	/** How the comparable address begins. */
	beginning?: string | undefined
	standing?: ReaderStanding | undefined
	locale?: Locale | undefined
	/** Who gets the stories of a topic. */
	topicId?: number | undefined
	rhythm?: Rhythm | undefined
	source?: SubscriptionSource | undefined
	/** The site whose form it was. */
	host?: string | undefined
	/** When they signed up: from then on, and before then. */
	from?: Date | undefined
	to?: Date | undefined
}

/** What an index of sign-ups is for, as a condition on `s`: it leaves the fewest to be looked at. */
export function narrowest({ standing, locale, host, from, to }: ReaderFilter): RawBuilder<unknown> {
	return sql`${choose()}
		${from ? sql`and s.created_at >= ${from}` : sql``} ${to ? sql`and s.created_at < ${to}` : sql``}`

	function choose(): RawBuilder<unknown> {
		// written into the statement, so that the planner sees the condition of a partial index in them
		if (standing === 'pending' || standing === 'unsubscribed') return sql`and s.state = ${sql.lit(standing)}`
		if (standing === 'paused') return sql`and s.paused_until is not null`
		if (host !== undefined) return sql`and s.source_host = ${host}`
		if (locale !== undefined) return sql`and s.locale = ${locale}`
		return sql``
	}
}

/** The whole filter but for the order’s own part, as conditions on `s`. */
export function hasStanding(filter: ReaderFilter): RawBuilder<unknown> {
	const { newsletterId, locale, topicId, rhythm, source, host, from, to } = filter
	const conditions = [
		...standingOf(filter),
		...(locale === undefined ? [] : [sql`s.locale = ${locale}`]),
		...(source === undefined ? [] : [sql`s.source = ${source}`]),
		...(host === undefined ? [] : [sql`s.source_host = ${host}`]),
		...(from ? [sql`s.created_at >= ${from}`] : []),
		...(to ? [sql`s.created_at < ${to}`] : []),
		// who has no profile of their own gets all topics, each digest
		...(topicId === undefined
			? []
			: [hasProfile(newsletterId, sql`(${topicId}::bigint = any(topic_ids)) <> all_topics`, true)]),
		...(rhythm === undefined ? [] : [hasProfile(newsletterId, sql`rhythm = ${rhythm}`, rhythm === 'each')]),
	]
	return conditions.length === 0 ? sql`` : sql`and ${sql.join(conditions, sql` and `)}`
}

/** Within `case` the profiles are looked up once, not for each row. */
function hasProfile(
	newsletterId: number,
	condition: RawBuilder<unknown>,
	withoutOne: boolean,
): RawBuilder<unknown> {
	const ids = sql`select id from choice_profiles where newsletter_id = ${newsletterId} and ${condition}`
	return sql`case when s.profile_id is null then ${sql.lit(withoutOne)} else s.profile_id in (${ids}) end`
}

/**
 * Whether the address of the subscription `s` is suppressed, looked up for each row that comes so far; a boolean, as the planner
 * takes that for the case of half of them and reads no more than a page needs.
 */
function isSuppressed(reason?: string): RawBuilder<unknown> {
	return sql`coalesce((
		select true from subscribers q join suppressions x on x.address_hash = q.address_hash and x.lifted_at is null
		where q.id = s.subscriber_id ${reason === undefined ? sql`` : sql`and x.reason = ${reason}`} limit 1
	), false)`
}

function standingOf({ standing }: ReaderFilter): RawBuilder<unknown>[] {
	const active = sql`s.state = 'active'`
	switch (standing) {
		case undefined:
			return []
		case 'pending':
		case 'unsubscribed':
			return [sql`s.state = ${standing}`]
		case 'active':
			return [active, sql`(s.paused_until is null or s.paused_until <= now())`, sql`not ${isSuppressed()}`]
		case 'paused':
			return [active, sql`s.paused_until > now()`, sql`not ${isSuppressed()}`]
		case 'out':
			return [active, isSuppressed()]
		default:
			return [active, isSuppressed(standing.replace(/^out_/, ''))]
	}
}
