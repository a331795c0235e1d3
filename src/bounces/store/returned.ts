import { type SelectQueryBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { BounceClass, BounceEventKind, EventEffect } from '../../kernel/enumerations.ts'

/** A bounce or complaint as the staff of a newsletter sees it; whose address it was, while it is known. */
export type ReturnedRow = {
	id: number
	kind: BounceEventKind
	class: BounceClass
	status: string
	reply: string
	diagnostic: string
	effect: EventEffect
	domain: string | null
	occurredAt: Date
	/** Null where the report is kept no more. */
	reportId: number | null
	digest: { id: number; at: Date } | null
	/** `id`: null where the person has no subscription of this newsletter any more. */
	reader: { id: number | null; local: string; domain: string } | null
}

/** Where a page of them ends: the next one goes on behind it. */
export type ReturnedCursor = { time: Date; id: number }

export type ReturnedFilter = {
	newsletterId: number
	class?: BounceClass | undefined
	digestId?: number | undefined
	from?: Date | undefined
	/** Exclusive. */
	to?: Date | undefined
	after?: ReturnedCursor | undefined
	limit: number
}

/** What is proven to be about mail of a newsletter, the newest first. */
export async function selectReturned(
	db: DatabaseOrTransaction,
	filter: ReturnedFilter,
): Promise<ReturnedRow[]> {
	const { newsletterId, digestId, limit } = filter
	let query = db
		.selectFrom('bounce_events as e')
		.leftJoin('digests as d', 'd.id', 'e.digest_id')
		.leftJoin('subscribers as p', 'p.address_hash', 'e.address_hash')
		.leftJoin('subscriptions as s', (join) =>
			join.onRef('s.subscriber_id', '=', 'p.id').onRef('s.newsletter_id', '=', 'e.newsletter_id'),
		)
		.select(['e.id', 'e.kind', 'class', 'status', 'reply', 'diagnostic', 'effect', 'e.domain'])
		.select([
			'occurred_at as occurredAt',
			'report_id as reportId',
			'd.id as digestId',
			'd.created_at as digestAt',
		])
		.select(['s.subscriber_id as readerId', 'p.local_part as local', 'p.domain as readerDomain'])
		.where('e.newsletter_id', '=', newsletterId)
		.where('matched_by', 'is not', null)
		.where('e.kind', '<>', 'delivered')
		.orderBy('occurred_at', 'desc')
		.orderBy('e.id', 'desc')
		.limit(limit)
	if (filter.class) query = query.where('class', '=', filter.class)
	if (digestId !== undefined) query = query.where('digest_id', '=', digestId)
	if (filter.from) query = query.where('occurred_at', '>=', filter.from)
	if (filter.to) query = query.where('occurred_at', '<', filter.to)
	const rows = await behind(query, filter.after).execute()
	return rows.map(({ digestId: id, digestAt: at, readerId, local, readerDomain, ...row }) => ({
		...row,
		digest: id !== null && at !== null ? { id, at } : null,
		reader: local !== null && readerDomain !== null ? { id: readerId, local, domain: readerDomain } : null,
	}))
}

function behind<Query extends SelectQueryBuilder<never, never, object>>(
	query: Query,
	after: ReturnedCursor | undefined,
): Query {
	if (!after) return query
	return query.where(sql<boolean>`(e.occurred_at, e.id) < (${after.time}, ${after.id})`) as Query
}

export type UnmatchedRow = Pick<
	ReturnedRow,
	'id' | 'kind' | 'class' | 'status' | 'reply' | 'diagnostic' | 'domain' | 'occurredAt' | 'reportId'
>

/** What nothing proves to be about mail of ours, the newest first. */
export async function selectUnmatched(
	db: DatabaseOrTransaction,
	{ after, limit }: { after: ReturnedCursor | undefined; limit: number },
): Promise<UnmatchedRow[]> {
	const query = db
		.selectFrom('bounce_events as e')
		.select(['e.id', 'kind', 'class', 'status', 'reply', 'diagnostic', 'e.domain'])
		.select(['occurred_at as occurredAt', 'report_id as reportId'])
		.where('matched_by', 'is', null)
		.where('kind', '<>', 'delivered')
		.orderBy('occurred_at', 'desc')
		.orderBy('e.id', 'desc')
		.limit(limit)
	return behind(query, after).execute()
}
