import { type SelectQueryBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { BounceClass, BounceEventKind } from '../../kernel/enumerations.ts'
import type { Tables } from '../../kernel/tables.ts'

/** The classes that are our own fault: they cost no subscriber, and staff is told of many. */
const faults = ['content', 'policy', 'sender'] as const satisfies readonly BounceClass[]

export type FaultCount = { class: string; domain: string; count: number }

/** Deliveries that met a refusal of our own fault, by class and domain: of a digest, of it as they were recorded since a time, or since a time. */
export async function countFaults(
	db: DatabaseOrTransaction,
	where: { digestId: number; recordedSince?: Date | null } | { since: Date },
): Promise<FaultCount[]> {
	return db
		.selectFrom('bounce_events')
		.select(({ fn }) => [
			'class',
			fn.coalesce('domain', sql<string>`''`).as('domain'),
			sql<number>`count(distinct (digest_id, subscription_id))::float8`.as('count'),
		])
		.where('matched_by', 'is not', null)
		.where('matched_by', '<>', 'unsubscribe_url')
		.where('kind', '=', 'bounce')
		.where('class', 'in', faults)
		.where((eb) =>
			'digestId' in where
				? eb.and([
						eb('digest_id', '=', where.digestId),
						...(where.recordedSince ? [eb('recorded_at', '>', where.recordedSince)] : []),
					])
				: eb('occurred_at', '>', where.since),
		)
		.groupBy(['class', 'domain'])
		.execute()
}

/** What servers said, without addresses, and how often among those looked at. */
export type FaultWords = { class: string; reply: string; diagnostic: string; count: number }

const faultsLookedAt = 500

/** The words of the last refusals of our own fault, those that came most often first: of a digest, or between two times. */
export async function selectFaultWords(
	db: DatabaseOrTransaction,
	where: { digestId: number } | { from: Date; to: Date },
	limit: number,
): Promise<FaultWords[]> {
	return db
		.selectFrom((eb) =>
			eb
				.selectFrom('bounce_events')
				.select(['class', 'reply', 'diagnostic'])
				.where('matched_by', 'is not', null)
				.where('kind', '=', 'bounce')
				.where('class', 'in', faults)
				.where((inner) =>
					'digestId' in where
						? inner('digest_id', '=', where.digestId)
						: inner.and([inner('occurred_at', '>=', where.from), inner('occurred_at', '<=', where.to)]),
				)
				.orderBy('digestId' in where ? 'id' : 'occurred_at', 'desc')
				.limit(faultsLookedAt)
				.as('last'),
		)
		.select(['class', 'reply', 'diagnostic', sql<number>`count(*)::float8`.as('count')])
		.where((eb) => eb.or([eb('reply', '<>', ''), eb('diagnostic', '<>', '')]))
		.groupBy(['class', 'reply', 'diagnostic'])
		.orderBy('count', 'desc')
		.orderBy('diagnostic')
		.limit(limit)
		.execute()
}

/** How many deliveries a digest was planned to have; 0 where there is no such digest. */
export async function findPlanned(db: DatabaseOrTransaction, digestId: number): Promise<number> {
	const row = await db.selectFrom('digests').select('audience').where('id', '=', digestId).executeTakeFirst()
	return row?.audience?.planned ?? 0
}

export type EventCount = { domain: string; kind: BounceEventKind; class: BounceClass; count: number }

/** Proven events, by domain, kind and class: of a digest, or since a time. Those of the `limit` domains with most. */
export async function countEvents(
	db: DatabaseOrTransaction,
	where: { digestId?: number; since?: Date },
	limit: number,
): Promise<EventCount[]> {
	const matching = <Query extends SelectQueryBuilder<Tables, 'bounce_events', object>>(query: Query) => {
		let matched: SelectQueryBuilder<Tables, 'bounce_events', object> = query.where(
			'matched_by',
			'is not',
			null,
		)
		if (where.digestId !== undefined) matched = matched.where('digest_id', '=', where.digestId)
		if (where.since) matched = matched.where('occurred_at', '>=', where.since)
		return matched
	}
	const top = matching(db.selectFrom('bounce_events'))
		.select('domain')
		.groupBy('domain')
		.orderBy(sql`count(*)`, 'desc')
		.orderBy('domain')
		.limit(limit)
	const rows = await matching(db.selectFrom('bounce_events'))
		.where('domain', 'in', top)
		.select(['domain', 'kind', 'class', sql<number>`count(*)::float8`.as('count')])
		.groupBy(['domain', 'kind', 'class'])
		.execute()
	return rows.map(({ domain, kind, class: meant, count }) => ({
		domain: domain ?? '',
		kind,
		class: meant,
		count,
	}))
}
