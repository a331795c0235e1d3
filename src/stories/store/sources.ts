import { type Insertable, sql, type Updateable } from 'kysely'
import { fromRow, toRow } from '../../kernel/camel-row.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { SourceState } from '../../kernel/enumerations.ts'
import type { Tables } from '../../kernel/tables.ts'
import type { SourceUpdate } from '../decide-after-poll.ts'
import type { Source } from '../source.ts'

/** Gives the new source, or undefined where the newsletter has one with this URL. */
export async function insertSource(
	db: DatabaseOrTransaction,
	source: Pick<Source, 'newsletterId' | 'url' | 'locale' | 'topics' | 'includeLatest' | 'createdAt'>,
): Promise<Source | undefined> {
	const row = await db
		.insertInto('sources')
		.values(toRow<Insertable<Tables['sources']>>({ ...source, nextPollAt: source.createdAt }))
		.onConflict((conflict) => conflict.columns(['newsletter_id', 'url']).doNothing())
		.returningAll()
		.executeTakeFirst()
	return row && fromRow(row)
}

export async function selectSources(
	db: DatabaseOrTransaction,
	by: { newsletterId: number } | { id: number },
): Promise<Source[]> {
	const query = db.selectFrom('sources').selectAll().orderBy('id')
	const found =
		'id' in by ? query.where('id', '=', by.id) : query.where('newsletter_id', '=', by.newsletterId)
	return (await found.execute()).map(fromRow)
}

export async function selectBrokenSources(
	db: DatabaseOrTransaction,
	before: Date,
): Promise<Array<{ id: number; newsletterId: number; url: string; failingSince: Date; isGone: boolean }>> {
	const rows = await db
		.selectFrom('sources')
		.select(['id', 'newsletter_id', 'url', 'failing_since', 'state'])
		.where('failing_since', 'is not', null)
		.where((eb) =>
			eb.or([
				eb('state', '=', 'gone'),
				eb.and([eb('state', '=', 'active'), eb('failing_since', '<=', before)]),
			]),
		)
		.orderBy('id')
		.execute()
	return rows.flatMap(({ id, newsletter_id: newsletterId, url, failing_since: failingSince, state }) =>
		failingSince ? [{ id, newsletterId, url, failingSince, isGone: state === 'gone' }] : [],
	)
}

export async function countSources(
	db: DatabaseOrTransaction,
): Promise<Array<{ state: SourceState; count: number; failing: number }>> {
	const { rows } = await sql<{ state: SourceState; count: number; failing: number }>`
		select state, count(*)::float8 as count, count(*) filter (where failures > 0)::float8 as failing
		from sources group by state`.execute(db)
	return rows
}

/** The longest regular wait for a poll, of a source without a problem and of others. */
export type LongestWaits = { wellSeconds: number; otherSeconds: number }

/** Due, or put off for longer than is possible: a clock was ahead then. */
function isDue(now: Date, { wellSeconds, otherSeconds }: LongestWaits) {
	return sql<boolean>`(next_poll_at <= ${now} or next_poll_at > ${now}::timestamptz
		+ make_interval(secs => case when problem is null then ${wellSeconds}::float8 else ${otherSeconds}::float8 end))`
}

export async function selectDueSources(
	db: DatabaseOrTransaction,
	now: Date,
	waits: LongestWaits,
	limit: number,
): Promise<number[]> {
	const rows = await db
		.selectFrom('sources')
		.select('id')
		.where('state', '=', 'active')
		.where(isDue(now, waits))
		.orderBy('next_poll_at')
		.limit(limit)
		.execute()
	return rows.map(({ id }) => id)
}

/** Sets the next poll to `until` and gives the source if it was due: only one of two callers gets it. */
export async function claimDueSource(
	db: DatabaseOrTransaction,
	id: number,
	now: Date,
	waits: LongestWaits,
	until: Date,
): Promise<Source | undefined> {
	const row = await db
		.updateTable('sources')
		.set({ next_poll_at: until })
		.where('id', '=', id)
		.where('state', '=', 'active')
		.where(isDue(now, waits))
		.returningAll()
		.executeTakeFirst()
	return row && fromRow(row)
}

/** Locks the row until the end of the transaction. */
export async function lockSource(db: DatabaseOrTransaction, id: number): Promise<Source | undefined> {
	const row = await db.selectFrom('sources').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
	return row && fromRow(row)
}

/** Changes a source, but not to a URL that another source has. Gives whether the URL was free. */
export async function updateSource(
	db: DatabaseOrTransaction,
	source: Source,
	{ url, ...changes }: SourceUpdate,
): Promise<boolean> {
	const isFree = url === undefined || url === source.url || !(await hasUrl(db, source, url))
	const columns = toRow<Updateable<Tables['sources']>>(isFree ? { ...changes, url } : changes)
	if (Object.values(columns).some((value) => value !== undefined)) {
		await db.updateTable('sources').set(columns).where('id', '=', source.id).execute()
	}
	return isFree
}

async function hasUrl(db: DatabaseOrTransaction, { newsletterId }: Source, url: string): Promise<boolean> {
	const query = db.selectFrom('sources').select('id').where('newsletter_id', '=', newsletterId)
	return (await query.where('url', '=', url).executeTakeFirst()) !== undefined
}

export async function deleteSource(db: DatabaseOrTransaction, id: number): Promise<void> {
	await db.deleteFrom('sources').where('id', '=', id).execute()
}
