import { type RawBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type {
	Rhythm,
	SubscriptionSource,
	SubscriptionState,
	SuppressionReason,
} from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { hasStanding, narrowest, type ReaderFilter } from './filter-conditions.ts'

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
	source: SubscriptionSource
	sourceHost: string | null
	/** All topics and those to come but for `topicIds`; else only those. */
	allTopics: boolean
	topicIds: number[]
	rhythm: Rhythm
}

/**
 * A place in the order of what was found: microseconds since 1970 as a number, and the subscription's id or the hash of the
 * address; by addresses, the comparable address alone.
 */
export type ReaderPosition = { micros: number; key: string }

/** `end`: where to go on; undefined where there are no more. */
export type FilteredReaders = { rows: FoundRow[]; end: ReaderPosition | undefined }

type Page = { after: ReaderPosition | undefined; limit: number }

/** How many are looked at for a page; where they are not enough, the next page goes on behind them. */
const looksAt = { joined: 10_000, suppressed: 3_000, addressed: 5_000 }

/** Those of a newsletter that a filter asks for: who is out by when that was, an address’s beginning by address, else by sign-up. */
export async function selectFiltered(
	db: DatabaseOrTransaction,
	filter: ReaderFilter,
	page: Page,
): Promise<FilteredReaders> {
	const order = orderOf(filter)
	const part = partOf(filter, order, page.after)
	const rows = await selectRows(db, filter, { part, order, limit: page.limit + 1 })
	const shown = rows.slice(0, page.limit)
	if (rows.length > page.limit) return { rows: shown.map(toFound), end: positionOf(shown.at(-1)) }
	const { rows: last } = await sql<Position>`
		select micros, key from (${edgesOf(filter, order, page.after)}) e offset ${looksAt[order] - 1} limit 1`.execute(
		db,
	)
	return { rows: shown.map(toFound), end: positionOf(last[0]) }
}

type Order = keyof typeof looksAt
type Position = { micros: string | number; key: string }
type Row = FoundRow & Position

function orderOf({ beginning, standing }: ReaderFilter): Order {
	if (beginning !== undefined) return 'addressed'
	return standing?.startsWith('out') ? 'suppressed' : 'joined'
}

function positionOf(row: Position | undefined): ReaderPosition | undefined {
	return row && { micros: Number(row.micros), key: row.key }
}

function toFound({ micros: _, key: _key, ...row }: Row): FoundRow {
	return { ...row, topicIds: row.topicIds.map(Number) }
}

const columns = sql`s.id, s.subscriber_id, s.created_at, s.locale, s.state, s.unsubscribed_at,
	s.paused_until, s.profile_id, s.source, s.source_host`
const microsOf = (time: RawBuilder<unknown>) => sql`(extract(epoch from ${time}) * 1000000)::bigint`
const timeOf = ({ micros }: ReaderPosition) =>
	sql`(timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond')`

/**
 * So many of a newsletter in their order, found by an index: those that the filter is looked for in, as `e` with their places.
 */
function edgesOf(filter: ReaderFilter, order: Order, after: ReaderPosition | undefined): RawBuilder<unknown> {
	const { newsletterId } = filter
	const most = sql.lit(looksAt[order])
	switch (order) {
		case 'joined':
			return sql`
				select s.id, s.subscriber_id, ${microsOf(sql`s.created_at`)} as micros, s.id::text as key,
					s.created_at, s.locale, s.state, s.unsubscribed_at, s.paused_until, s.profile_id, s.source, s.source_host
				from subscriptions s
				where s.newsletter_id = ${newsletterId} ${narrowest(filter)}
					${after ? sql`and (s.created_at, s.id) < (${timeOf(after)}, ${after.key}::bigint)` : sql``}
				order by s.created_at desc, s.id desc limit ${most}`
		case 'suppressed':
			return sql`
				select ${microsOf(sql`created_at`)} as micros, address_hash as key from suppressions
				where lifted_at is null ${reasonOf(filter)}
					${after ? sql`and (created_at, address_hash) < (${timeOf(after)}, ${after.key})` : sql``}
				order by created_at desc, address_hash desc limit ${most}`
		case 'addressed':
			return sql`
				select id as person, 0 as micros, comparable_address as key from subscribers
				where comparable_address like ${`${(filter.beginning ?? '').replace(/[\\%_]/g, '\\$&')}%`}
					${after ? sql`and comparable_address ~>~ ${after.key}` : sql``}
				order by comparable_address using ~<~ limit ${most}`
	}
}

/** The same as subscriptions `s`. */
function partOf(filter: ReaderFilter, order: Order, after: ReaderPosition | undefined): RawBuilder<unknown> {
	const edges = edgesOf(filter, order, after)
	const own = subscriptionOf(filter.newsletterId)
	switch (order) {
		case 'joined':
			return edges
		case 'suppressed':
			return sql`
				select ${columns}, e.micros, e.key from (${edges}) e
				join lateral (select id from subscribers where address_hash = e.key limit 1) p on true
				join lateral (${own}) s on true`
		case 'addressed':
			return sql`
				select ${columns}, e.micros, e.key from (${edges}) e
				cross join lateral (select e.person as id) p
				join lateral (${own}) s on true`
	}
}

/** Of the person `p`; a lateral join with a limit stays a look-up for each, whatever the statistics say. */
function subscriptionOf(newsletterId: number): RawBuilder<unknown> {
	return sql`select * from subscriptions where newsletter_id = ${newsletterId} and subscriber_id = p.id limit 1`
}

function reasonOf({ standing }: ReaderFilter): RawBuilder<unknown> {
	return standing === undefined || standing === 'out'
		? sql``
		: sql`and reason = ${standing.replace(/^out_/, '')}`
}

async function selectRows(
	db: DatabaseOrTransaction,
	filter: ReaderFilter,
	{ part, order, limit }: { part: RawBuilder<unknown>; order: Order; limit: number },
): Promise<Row[]> {
	const inOrder = order === 'addressed' ? sql`s.key using ~<~` : sql`s.micros desc, s.${sortKey(order)} desc`
	const { rows } = await sql<Row>`
		select p.id, p.local_part as local, p.domain, s.locale, s.state, s.created_at as since,
			s.unsubscribed_at as "unsubscribedAt", s.paused_until as "pausedUntil", x.reason as suppression, s.source,
			s.source_host as "sourceHost", coalesce(c.all_topics, true) as "allTopics",
			coalesce(c.topic_ids, '{}') as "topicIds", coalesce(c.rhythm, 'each') as rhythm, s.micros, s.key
		from (select * from (${part}) s where true ${hasStanding(filter)} limit ${limit}) s
		join lateral (select * from subscribers where id = s.subscriber_id limit 1) p on true
		left join lateral (
			select reason from suppressions where address_hash = p.address_hash and lifted_at is null limit 1
		) x on true
		left join lateral (select * from choice_profiles where id = s.profile_id limit 1) c on true
		order by ${inOrder}`.execute(db)
	return rows
}

function sortKey(order: Order): RawBuilder<unknown> {
	return order === 'joined' ? sql`id` : sql`key`
}
