import { type RawBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { BounceClass, BounceEventKind, EventEffect, Proof } from '../../kernel/enumerations.ts'
import type { ReportedEvent } from '../reported-event.ts'

export type NewEvent = Omit<ReportedEvent, 'identifiers' | 'raw' | 'vouched' | 'address'> & {
	matchedBy: Proof | null
	digestId: number | null
	subscriptionId: number | null
	addressHash: string | null
	domain: string | null
	recordedAt: Date
}

/** Gives the id of the new event; undefined where it is recorded already. */
export async function insertEvent(tx: DatabaseOrTransaction, event: NewEvent): Promise<number | undefined> {
	const row = await tx
		.insertInto('bounce_events')
		.values({
			external_id: event.externalId,
			via: event.via,
			kind: event.kind,
			class: event.class,
			hard: event.hard,
			status: event.status,
			reply: event.reply,
			diagnostic: event.diagnostic,
			matched_by: event.matchedBy,
			digest_id: event.digestId,
			subscription_id: event.subscriptionId,
			newsletter_id: newsletterOf(event),
			address_hash: event.addressHash,
			domain: event.domain,
			occurred_at: event.occurredAt,
			recorded_at: event.recordedAt,
		})
		.onConflict((conflict) => conflict.column('external_id').doNothing())
		.returning('id')
		.executeTakeFirst()
	return row?.id
}

/** Mail that was no digest is known by its subscription alone. */
function newsletterOf({ digestId, subscriptionId }: NewEvent): RawBuilder<number | null> {
	return sql`coalesce(
		(select newsletter_id from digests where id = ${digestId}::bigint),
		(select newsletter_id from subscriptions where id = ${subscriptionId}::bigint)
	)`
}

export async function completeEvent(
	tx: DatabaseOrTransaction,
	id: number,
	{ effect, reportId }: { effect: EventEffect; reportId: number | null },
): Promise<void> {
	await tx.updateTable('bounce_events').set({ effect, report_id: reportId }).where('id', '=', id).execute()
}

/** Deletes events that were recorded before, `delivered` ones from `deliveredBefore` on. Gives how many. */
export async function deleteEventsBefore(
	db: DatabaseOrTransaction,
	before: Date,
	deliveredBefore: Date,
): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('bounce_events')
		.where(({ or, and, eb }) =>
			or([
				eb('recorded_at', '<', before),
				and([eb('recorded_at', '<', deliveredBefore), eb('kind', '=', 'delivered')]),
			]),
		)
		.executeTakeFirst()
	return Number(numDeletedRows)
}

/** An event as staff sees it. The address is the subscriber's, while there is one. */
export type BounceEvent = Pick<
	ReportedEvent,
	'kind' | 'class' | 'hard' | 'status' | 'reply' | 'diagnostic' | 'occurredAt'
> & {
	id: number
	via: string
	matchedBy: Proof | null
	digestId: number | null
	subscriptionId: number | null
	local: string | null
	domain: string | null
	subscriberDomain: string | null
	effect: EventEffect
	reportId: number | null
	recordedAt: Date
}

export type EventFilter = {
	kind?: BounceEventKind | undefined
	class?: BounceClass | undefined
	digestId?: number | undefined
	domain?: string | undefined
	via?: string | undefined
	subscriptionId?: number | undefined
	matched?: boolean | undefined
}

/** Newest first; those before the event `before`. */
export async function selectEvents(
	db: DatabaseOrTransaction,
	filter: EventFilter & { id?: number; before?: number | undefined; limit: number },
): Promise<BounceEvent[]> {
	let query = db
		.selectFrom('bounce_events as e')
		.leftJoin('subscriptions as s', 's.id', 'e.subscription_id')
		.leftJoin('subscribers as p', 'p.id', 's.subscriber_id')
		.select([
			'e.id',
			'via',
			'kind',
			'class',
			'hard',
			'status',
			'reply',
			'diagnostic',
			'matched_by as matchedBy',
			'digest_id as digestId',
			'subscription_id as subscriptionId',
			'p.local_part as local',
			'p.domain as subscriberDomain',
			'e.domain',
			'effect',
			'report_id as reportId',
			'occurred_at as occurredAt',
			'recorded_at as recordedAt',
		])
		.orderBy('e.id', 'desc')
		.limit(filter.limit)
	if (filter.id !== undefined) query = query.where('e.id', '=', filter.id)
	if (filter.before !== undefined) query = query.where('e.id', '<', filter.before)
	if (filter.kind) query = query.where('kind', '=', filter.kind)
	if (filter.class) query = query.where('class', '=', filter.class)
	if (filter.digestId !== undefined) query = query.where('digest_id', '=', filter.digestId)
	if (filter.domain !== undefined) query = query.where('e.domain', '=', filter.domain)
	if (filter.via !== undefined) query = query.where('via', '=', filter.via)
	if (filter.subscriptionId !== undefined) query = query.where('subscription_id', '=', filter.subscriptionId)
	if (filter.matched !== undefined) query = query.where('matched_by', filter.matched ? 'is not' : 'is', null)
	return query.execute()
}

/** Takes the person out of the events of an address; they stay, as they are counted. Gives how many. */
export async function stripEvents(tx: DatabaseOrTransaction, addressHash: string): Promise<number> {
	const { numUpdatedRows } = await tx
		.updateTable('bounce_events')
		.set({ address_hash: null, subscription_id: null, reply: '', diagnostic: '' })
		.where('address_hash', '=', addressHash)
		.executeTakeFirst()
	return Number(numUpdatedRows)
}
