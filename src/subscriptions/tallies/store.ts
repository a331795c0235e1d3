import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type {
	GrowthPeriod,
	Rhythm,
	SubscriberDayKind,
	SubscriptionSource,
	SubscriptionState,
} from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import { joinMailability, whyNotMailed } from '../store/mailability.ts'

export type SubscriptionTally = {
	state: SubscriptionState
	locale: Locale
	/** Null: all topics, by the newsletter’s rule. */
	profileId: number | null
	/** How they came. */
	source: SubscriptionSource
	count: number
}

/** What the tallies of a newsletter come to. */
export async function selectTallies(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<SubscriptionTally[]> {
	const { rows } = await sql<SubscriptionTally>`
		select state, locale, profile_id as "profileId", source, sum(count)::float8 as count
		from subscription_tallies where newsletter_id = ${newsletterId}
		group by 1, 2, 3, 4 having sum(count) <> 0
		order by 1, 2, 3, 4`.execute(db)
	return rows
}

/**
 * Active subscriptions that are not mailed for now: found by way of the suppressions and pauses, which are few.
 */
export async function countNotMailed(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<Array<Omit<SubscriptionTally, 'state'> & { why: 'suppressed' | 'paused' }>> {
	const { rows } = await sql<Omit<SubscriptionTally, 'state'> & { why: 'suppressed' | 'paused' }>`
		select why, locale, profile_id as "profileId", source, count(*)::float8 as count from (
			select ${whyNotMailed} as why, s.locale, s.profile_id, s.source
			from suppressions x
			-- a limit keeps these look-ups, whose number is known: without it all subscriptions may be read instead
			join lateral (select id from subscribers where address_hash = x.address_hash limit 1) p on true
			join lateral (
				select * from subscriptions where newsletter_id = ${newsletterId} and subscriber_id = p.id limit 1
			) s on true
			where x.lifted_at is null and s.state = 'active'
			union all
			select ${whyNotMailed}, s.locale, s.profile_id, s.source
			from subscriptions s
			${joinMailability}
			where s.newsletter_id = ${newsletterId} and s.state = 'active' and s.paused_until > now()
				and x.address_hash is null
		) held
		group by 1, 2, 3, 4`.execute(db)
	return rows
}

export type ProfileTopics = {
	profileId: number
	isAll: boolean
	topics: string[]
	topicIds: number[]
	rhythm: Rhythm
}

/** The topics that readers of each combination of choices get, among those that are offered now. */
export async function selectTopicsOfProfiles(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<ProfileTopics[]> {
	const { rows } = await sql<ProfileTopics>`
		select c.id as "profileId", c.all_topics and c.topic_ids = '{}' as "isAll", c.rhythm, coalesce((
			select array_agg(t.slug order by t.position, t.id) from topics t
			where t.newsletter_id = c.newsletter_id and t.archived_at is null
				and (t.id = any(c.topic_ids)) <> c.all_topics
		), '{}') as topics, coalesce((
			select array_agg(t.id) from topics t
			where t.newsletter_id = c.newsletter_id and (t.id = any(c.topic_ids)) <> c.all_topics
		), '{}') as "topicIds"
		from choice_profiles c where c.newsletter_id = ${newsletterId}`.execute(db)
	return rows
}

export type SubscriberDay = {
	/** `2025-05-01`, UTC. */
	day: string
	kind: SubscriberDayKind
	locale: Locale
	/** How the person had come. */
	source: SubscriptionSource
	/** The site that a pasted form stood on; `other` where there are many, null where it did not say. */
	sourceHost: string | null
	count: number
}

/** What happened since a day (`2025-05-01`), the oldest first. */
export async function selectDays(
	db: DatabaseOrTransaction,
	newsletterId: number,
	since: string,
): Promise<SubscriberDay[]> {
	const { rows } = await sql<SubscriberDay>`
		select day::text as day, kind, locale, source, source_host as "sourceHost", sum(count)::float8 as count
		from subscriber_days where newsletter_id = ${newsletterId} and day >= ${since}::date
		group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`.execute(db)
	return rows
}

/** What happened from one day to another, both included, summed up by the day that a period begins on, the oldest first. */
export async function selectGrowth(
	db: DatabaseOrTransaction,
	{ newsletterId, from, to, by }: { newsletterId: number; from: string; to: string; by: GrowthPeriod },
): Promise<SubscriberDay[]> {
	const { rows } = await sql<SubscriberDay>`
		select date_trunc(${by}, day::timestamp)::date::text as day, locale, source, source_host as "sourceHost", kind,
			sum(count)::float8 as count
		from subscriber_days
		where newsletter_id = ${newsletterId} and day between ${from}::date and ${to}::date
		group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4 nulls first, 5`.execute(db)
	return rows
}

/** What the tallies of all newsletters come to, whatever the language and choices. */
export async function selectSumsByNewsletter(
	db: DatabaseOrTransaction,
): Promise<Array<Pick<SubscriptionTally, 'state' | 'source' | 'count'> & { newsletter: string }>> {
	const { rows } = await sql<Pick<SubscriptionTally, 'state' | 'source' | 'count'> & { newsletter: string }>`
		select n.slug as newsletter, t.state, t.source, sum(t.count)::float8 as count
		from subscription_tallies t join newsletters n on n.id = t.newsletter_id
		group by 1, 2, 3 order by 1, 2, 3`.execute(db)
	return rows
}

/** What happened on a day in all newsletters, whatever the language. */
export async function selectSumsOfDay(
	db: DatabaseOrTransaction,
	day: string,
): Promise<Array<Pick<SubscriberDay, 'kind' | 'source' | 'count'> & { newsletter: string }>> {
	const { rows } = await sql<Pick<SubscriberDay, 'kind' | 'source' | 'count'> & { newsletter: string }>`
		select n.slug as newsletter, d.kind, d.source, sum(d.count)::float8 as count
		from newsletters n join subscriber_days d on d.newsletter_id = n.id and d.day = ${day}::date
		group by 1, 2, 3 order by 1, 2, 3`.execute(db)
	return rows
}

/** Makes few rows of many that say the same. What is added meanwhile stays as it is. */
export async function sumUpTallies(db: DatabaseOrTransaction): Promise<void> {
	await sql`
		with gone as (delete from subscription_tallies returning newsletter_id, state, locale, profile_id, source, count)
		insert into subscription_tallies (newsletter_id, state, locale, profile_id, source, count)
		select newsletter_id, state, locale, profile_id, source, sum(count) from gone
		group by 1, 2, 3, 4, 5 having sum(count) <> 0`.execute(db)
	await sql`
		with many as (
			select newsletter_id, day, locale, kind, source, source_host from subscriber_days
			group by 1, 2, 3, 4, 5, 6 having count(*) > 1
		), gone as (
			delete from subscriber_days d using many m
			where (d.newsletter_id, d.day, d.locale, d.kind, d.source) = (m.newsletter_id, m.day, m.locale, m.kind, m.source)
				and d.source_host is not distinct from m.source_host
			returning d.newsletter_id, d.day, d.locale, d.kind, d.source, d.source_host, d.count
		)
		insert into subscriber_days (newsletter_id, day, locale, kind, source, source_host, count)
		select newsletter_id, day, locale, kind, source, source_host, sum(count) from gone group by 1, 2, 3, 4, 5, 6`.execute(
		db,
	)
}

export type TallyDifference = {
	newsletter: string
	state: SubscriptionState
	locale: Locale
	profileId: number | null
	source: SubscriptionSource
	tallied: number
	counted: number
}

/** Where tallies and rows differ. It counts all subscriptions. */
export async function selectDifferences(db: DatabaseOrTransaction): Promise<TallyDifference[]> {
	const { rows } = await sql<TallyDifference>`
		select n.slug as newsletter, state, locale, profile_id as "profileId", source,
			sum(tallied)::float8 as tallied, sum(counted)::float8 as counted
		from (
			select newsletter_id, state, locale, profile_id, source, count as tallied, 0 as counted from subscription_tallies
			union all
			select newsletter_id, state, locale, profile_id, source, 0, count(*) from subscriptions group by 1, 2, 3, 4, 5
		) both_counts
		join newsletters n on n.id = newsletter_id
		group by 1, 2, 3, 4, 5 having sum(tallied) <> sum(counted)
		order by 1, 2, 3, 4, 5`.execute(db)
	return rows
}
