import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { WayOfLeaving } from '../../../kernel/enumerations.ts'

/** `of`: a month (`2026-11`, UTC), or the number of a digest. `reason`: null where none was given. */
export type LeavingCount = { of: string; reason: string | null; count: number }

export type LeavingComment = {
	id: number
	at: Date
	reason: string | null
	comment: string
	digestId: number | null
}

/** Which digest a person left from stands in the receipt of leaving. */
const digestOf = sql<number | null>`(
	select digest_left_from(r.page) from consent_receipts r
	where r.subscription_id = s.id and r.action = 'unsubscribed' order by r.id desc limit 1
)`

export async function selectLeavingCounts(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<{ months: LeavingCount[]; digests: LeavingCount[] }> {
	const { rows } = await sql<LeavingCount & { by: 'month' | 'digest' }>`
		with gone as (
			select to_char(s.unsubscribed_at at time zone 'UTC', 'YYYY-MM') as month, ${digestOf}::text as digest,
				s.unsubscribe_reason as reason
			from subscriptions s
			where s.newsletter_id = ${newsletterId} and s.state = 'unsubscribed' and s.unsubscribed_at is not null
		)
		select 'month' as by, month as of, reason, count(*)::float8 as count from gone group by 2, 3
		union all
		select 'digest', digest, reason, count(*)::float8 from gone where digest is not null group by 2, 3`.execute(
		db,
	)
	const newest = (by: string) =>
		rows
			.filter((row) => row.by === by)
			.map(({ of, reason, count }) => ({ of, reason, count }))
			.sort((a, b) => b.of.localeCompare(a.of, 'en', { numeric: true }) || b.count - a.count)
	return { months: newest('month'), digests: newest('digest') }
}

/** How many left from a digest in one way, and for one reason; `reason`: null where none was given. */
export type LeftFromDigest = { digestId: number; way: WayOfLeaving; reason: string | null; count: number }

/** Without those who came back. */
export async function selectLeftFromDigests(
	db: DatabaseOrTransaction,
	digestIds: number[],
): Promise<LeftFromDigest[]> {
	const { rows } = await sql<LeftFromDigest>`
		select digest_left_from(r.page) as "digestId", way_of_leaving(r.page) as way, s.unsubscribe_reason as reason,
			count(*)::float8 as count
		from consent_receipts r join subscriptions s on s.id = r.subscription_id
		where r.action = 'unsubscribed' and digest_left_from(r.page) is not null
			and digest_left_from(r.page) = any(${digestIds}::int[])
			and s.state = 'unsubscribed' and r.id = (
				select max(last.id) from consent_receipts last
				where last.subscription_id = r.subscription_id and last.action = 'unsubscribed'
			)
		group by 1, 2, 3`.execute(db)
	return rows
}

type Wanted = { newsletterId: number; after: { time: Date; key: string } | undefined; limit: number }

/** In the order of leaving, the newest first. */
export async function selectLeavingComments(
	db: DatabaseOrTransaction,
	{ newsletterId, after, limit }: Wanted,
): Promise<LeavingComment[]> {
	const isBefore = after
		? sql`and (s.unsubscribed_at, s.id) < (${after.time}::timestamptz, ${after.key}::bigint)`
		: sql``
	const { rows } = await sql<LeavingComment>`
		select s.id, s.unsubscribed_at as at, s.unsubscribe_reason as reason, s.unsubscribe_comment as comment,
			${digestOf} as "digestId"
		from subscriptions s
		where s.newsletter_id = ${newsletterId} and s.state = 'unsubscribed' and s.unsubscribe_comment is not null
			and s.unsubscribed_at is not null ${isBefore}
		order by s.unsubscribed_at desc, s.id desc limit ${limit}`.execute(db)
	return rows
}
