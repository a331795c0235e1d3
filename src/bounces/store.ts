import { type SelectQueryBuilder, sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import type { BounceEventKind, Tables } from '../kernel/tables.ts'
import type { BounceClass, ReportKind } from '../returned-mail/index.ts'
import type { HistoryEntry } from './decide-policy.ts'
import type { Proof } from './match-event.ts'
import type { EventEffect, ReportedEvent } from './reported-event.ts'

/** Whose subscription a proven event is about. */
export type Reader = { subscriberId: number; addressHash: string; local: string; domain: string }

export async function findReader(
	db: DatabaseOrTransaction,
	subscriptionId: number,
): Promise<Reader | undefined> {
	return db
		.selectFrom('subscriptions')
		.innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
		.select([
			'subscribers.id as subscriberId',
			'address_hash as addressHash',
			'local_part as local',
			'domain',
		])
		.where('subscriptions.id', '=', subscriptionId)
		.executeTakeFirst()
}

/** Makes events of the same person wait for each other: each must see the ones before it. */
export async function lockReader(tx: DatabaseOrTransaction, subscriberId: number): Promise<void> {
	await tx.selectFrom('subscribers').select('id').where('id', '=', subscriberId).forUpdate().execute()
}

/** The latest delivery to an address, of digests planned between two times; undefined where there was none. */
export async function findLatestDelivery(
	db: DatabaseOrTransaction,
	addressHash: string,
	between: { from: Date; to: Date },
): Promise<{ digestId: number; subscriptionId: number } | undefined> {
	const { rows } = await sql<{ digestId: number; subscriptionId: number }>`
		select d.digest_id as "digestId", d.subscription_id as "subscriptionId"
		from subscribers p
		join subscriptions s on s.subscriber_id = p.id
		join digests g on g.newsletter_id = s.newsletter_id
			and g.planned_at between ${between.from} and ${between.to}
		join deliveries d on d.digest_id = g.id and d.subscription_id = s.id
		where p.address_hash = ${addressHash} and d.state in ('accepted', 'in_doubt', 'refused', 'bounced', 'complained')
		order by d.digest_id desc limit 1`.execute(db)
	return rows[0]
}

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

export async function completeEvent(
	tx: DatabaseOrTransaction,
	id: number,
	{ effect, reportId }: { effect: EventEffect; reportId: number | null },
): Promise<void> {
	await tx.updateTable('bounce_events').set({ effect, report_id: reportId }).where('id', '=', id).execute()
}

/**
 * Since when an address is known to live again: its last confirmation, or the end of its last suppression. What bounced
 * before says nothing of it any more.
 */
export async function findFreshSince(
	tx: DatabaseOrTransaction,
	addressHash: string,
): Promise<Date | undefined> {
	const { rows } = await sql<{ since: Date | null }>`
		select greatest(
			(select lifted_at from suppressions where address_hash = ${addressHash}),
			(select max(s.confirmed_at) from subscriptions s join subscribers p on p.id = s.subscriber_id
				where p.address_hash = ${addressHash})
		) as since`.execute(tx)
	return rows[0]?.since ?? undefined
}

/** The failures of an address that count, and the deliveries that its server is reported to have taken; the latest ones. */
export async function selectReported(
	tx: DatabaseOrTransaction,
	addressHash: string,
	since: Date | undefined,
): Promise<HistoryEntry[]> {
	const { rows } = await sql<{ digestId: number; at: Date; via: string; kind: BounceEventKind }>`
		select digest_id as "digestId", occurred_at as at, via, kind from bounce_events
		where address_hash = ${addressHash} and matched_by is not null and matched_by <> 'unsubscribe_url' and digest_id > 0
			and occurred_at >= ${since ?? new Date(0)}
			and (kind = 'delivered' or (kind = 'bounce' and (class in ('mailbox-full', 'temporary')
				or (class = 'address' and not hard and status not like '_.7.%'))))
		order by digest_id desc limit 200`.execute(tx)
	return rows.map(({ digestId, at, via, kind }) =>
		kind === 'delivered'
			? { outcome: 'accepted', digestId, at, reported: true }
			: { outcome: 'failed', digestId, at, via },
	)
}

/** What the ledger has as accepted for an address, of the digests since `fromDigest`. */
export async function selectAccepted(
	tx: DatabaseOrTransaction,
	addressHash: string,
	fromDigest: number,
): Promise<HistoryEntry[]> {
	const { rows } = await sql<{ digestId: number; at: Date }>`
		select digest_id as "digestId", changed_at as at from deliveries
		where digest_id >= ${fromDigest} and state = 'accepted' and subscription_id = any (array(
			select s.id from subscriptions s join subscribers p on p.id = s.subscriber_id
			where p.address_hash = ${addressHash}
		))`.execute(tx)
	return rows.map(({ digestId, at }) => ({ outcome: 'accepted', digestId, at, reported: false }))
}

export type NewReport = {
	via: ReportedEvent['via']
	contentHash: string
	raw: Buffer
	receivedAt: Date
	/** What it was read as; null where that is still to be done. */
	kind: ReportKind | null
}

/** Keeps a report; one that is kept already stays as it is. Gives its id and whether it is new. */
export async function insertReport(
	db: DatabaseOrTransaction,
	report: NewReport,
): Promise<{ id: number; isNew: boolean }> {
	const made = await db
		.insertInto('bounce_reports')
		.values({
			via: report.via,
			content_hash: report.contentHash,
			raw: report.raw,
			received_at: report.receivedAt,
			kind: report.kind,
		})
		.onConflict((conflict) => conflict.column('content_hash').doNothing())
		.returning('id')
		.executeTakeFirst()
	if (made) return { id: made.id, isNew: true }
	const known = await db
		.selectFrom('bounce_reports')
		.select('id')
		.where('content_hash', '=', report.contentHash)
		.executeTakeFirstOrThrow()
	return { id: known.id, isNew: false }
}

export type StoredReport = {
	id: number
	via: ReportedEvent['via']
	contentHash: string
	raw: Buffer
	receivedAt: Date
	attempts: number
}

/** Begins to read a report that nobody has read; undefined where that is done. Counts the attempt at once. */
export async function beginReading(db: Database, id: number): Promise<StoredReport | undefined> {
	const row = await db
		.updateTable('bounce_reports')
		.set((eb) => ({ attempts: eb('attempts', '+', 1) }))
		.where('id', '=', id)
		.where('kind', 'is', null)
		.returning(['id', 'via', 'content_hash', 'raw', 'received_at', 'attempts'])
		.executeTakeFirst()
	return (
		row && {
			id: row.id,
			via: row.via as ReportedEvent['via'],
			contentHash: row.content_hash,
			raw: Buffer.from(row.raw),
			receivedAt: row.received_at,
			attempts: row.attempts,
		}
	)
}

export async function endReading(
	db: DatabaseOrTransaction,
	id: number,
	kind: ReportKind | 'unreadable',
): Promise<void> {
	await db.updateTable('bounce_reports').set({ kind }).where('id', '=', id).execute()
}

export async function deleteReport(db: DatabaseOrTransaction, id: number): Promise<void> {
	await db.deleteFrom('bounce_reports').where('id', '=', id).execute()
}

export async function selectUnread(db: DatabaseOrTransaction, limit: number): Promise<number[]> {
	const rows = await db
		.selectFrom('bounce_reports')
		.select('id')
		.where('kind', 'is', null)
		.orderBy('received_at')
		.limit(limit)
		.execute()
	return rows.map(({ id }) => id)
}

/** Deletes reports that came before, read or not. Gives how many. */
export async function deleteReportsBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('bounce_reports')
		.where('received_at', '<', before)
		.executeTakeFirst()
	return Number(numDeletedRows)
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

/** The classes that are our own fault: they cost no subscriber, and staff is told of many. */
const faults = ['content', 'policy', 'sender'] as const satisfies readonly BounceClass[]

export type FaultCount = { class: string; domain: string; count: number }

/** Deliveries that met a refusal of our own fault, by class and domain: of a digest, or since a time. */
export async function countFaults(
	db: DatabaseOrTransaction,
	where: { digestId: number } | { since: Date },
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
			'digestId' in where ? eb('digest_id', '=', where.digestId) : eb('occurred_at', '>', where.since),
		)
		.groupBy(['class', 'domain'])
		.execute()
}

/** How many deliveries a digest was planned to have; 0 where there is no such digest. */
export async function findPlanned(db: DatabaseOrTransaction, digestId: number): Promise<number> {
	const row = await db.selectFrom('digests').select('audience').where('id', '=', digestId).executeTakeFirst()
	return row?.audience?.planned ?? 0
}

/** When a digest was planned; undefined where there is none. */
export async function findPlannedAt(db: DatabaseOrTransaction, digestId: number): Promise<Date | undefined> {
	const row = await db
		.selectFrom('digests')
		.select('planned_at')
		.where('id', '=', digestId)
		.executeTakeFirst()
	return row?.planned_at ?? undefined
}

export type Alert = {
	id: number
	digestId: number | null
	/** The relay that refuses our account, where that is what it is about, and what it said. */
	relay: string | null
	reason: string | null
	events: number
	planned: number | null
	classes: Record<string, number>
	domains: Record<string, number>
	raisedAt: Date
	updatedAt: Date
	closedAt: Date | null
}

export type RaisedAlert = Pick<Alert, 'digestId' | 'events' | 'planned' | 'classes' | 'domains'> &
	Partial<Pick<Alert, 'relay' | 'reason'>> & {
		key: string
		at: Date
	}

/** Raises an alert, or brings the one with this key up to date. Gives its id and whether it is new. */
export async function upsertAlert(
	db: DatabaseOrTransaction,
	alert: RaisedAlert,
): Promise<{ id: number; isNew: boolean }> {
	const counts = {
		events: alert.events,
		planned: alert.planned,
		classes: JSON.stringify(alert.classes),
		domains: JSON.stringify(alert.domains),
		relay: alert.relay ?? null,
		reason: alert.reason ?? null,
		updated_at: alert.at,
	}
	const { id, isNew } = await db
		.insertInto('bounce_alerts')
		.values({ alert_key: alert.key, digest_id: alert.digestId, raised_at: alert.at, ...counts })
		.onConflict((conflict) => conflict.column('alert_key').doUpdateSet(counts))
		.returning(['id', sql<boolean>`xmax = 0`.as('isNew')])
		.executeTakeFirstOrThrow()
	return { id, isNew }
}

/** An alert that the mailbox can't be read: the one that is open is brought up to date, else it is a new one. */
export async function keepMailboxAlert(
	db: Database,
	{ failures, at }: { failures: number; at: Date },
): Promise<void> {
	const classes = JSON.stringify({ mailbox: failures })
	const { numUpdatedRows } = await db
		.updateTable('bounce_alerts')
		.set({ events: failures, classes, updated_at: at })
		.where('alert_key', 'like', 'mailbox/%')
		.where('closed_at', 'is', null)
		.executeTakeFirst()
	if (numUpdatedRows > 0n) return
	const key = `mailbox/${at.toISOString()}`
	const alert = { digestId: null, planned: null, domains: {}, events: failures }
	await upsertAlert(db, { ...alert, key, at, classes: { mailbox: failures } })
}

/** Ends the alert that the mailbox can't be read, where there is one. */
export async function closeMailboxAlert(db: Database, at: Date): Promise<void> {
	await db
		.updateTable('bounce_alerts')
		.set({ closed_at: at })
		.where('alert_key', 'like', 'mailbox/%')
		.where('closed_at', 'is', null)
		.execute()
}

/** Whether something may be held back because of an alert: once only, so that staff has the last word. */
export async function takeHold(db: DatabaseOrTransaction, alertId: number, at: Date): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('bounce_alerts')
		.set({ held_at: at })
		.where('id', '=', alertId)
		.where('held_at', 'is', null)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** Newest first; only those that staff has not closed, unless `all`. */
export async function selectAlerts(
	db: DatabaseOrTransaction,
	{ all, digestId, limit }: { all: boolean; digestId?: number; limit: number },
): Promise<Alert[]> {
	let query = db.selectFrom('bounce_alerts').selectAll().orderBy('id', 'desc').limit(limit)
	if (!all) query = query.where('closed_at', 'is', null)
	if (digestId !== undefined) query = query.where('digest_id', '=', digestId)
	const rows = await query.execute()
	return rows.map((row) => ({
		id: row.id,
		digestId: row.digest_id,
		relay: row.relay,
		reason: row.reason,
		events: row.events,
		planned: row.planned,
		classes: row.classes,
		domains: row.domains,
		raisedAt: row.raised_at,
		updatedAt: row.updated_at,
		closedAt: row.closed_at,
	}))
}

/** False where there is no such alert; one that is closed already keeps its time. */
export async function closeAlertRow(db: DatabaseOrTransaction, id: number, at: Date): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('bounce_alerts')
		.set((eb) => ({ closed_at: eb.fn.coalesce('closed_at', eb.val(at)) }))
		.where('id', '=', id)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** An event as staff sees it. The address is the subscriber's, while there is one. */
export type BounceEvent = {
	id: number
	via: string
	kind: BounceEventKind
	class: BounceClass
	hard: boolean
	status: string
	reply: string
	diagnostic: string
	matchedBy: Proof | null
	digestId: number | null
	subscriptionId: number | null
	local: string | null
	domain: string | null
	subscriberDomain: string | null
	effect: EventEffect
	reportId: number | null
	occurredAt: Date
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
	return (await query.execute()) as BounceEvent[]
}

/** The report of an event as it came, while it is kept. */
export async function findRawReport(
	db: DatabaseOrTransaction,
	eventId: number,
): Promise<{ via: string; raw: Buffer; receivedAt: Date } | undefined> {
	const row = await db
		.selectFrom('bounce_events')
		.innerJoin('bounce_reports', 'bounce_reports.id', 'bounce_events.report_id')
		.select(['bounce_reports.via', 'raw', 'received_at as receivedAt'])
		.where('bounce_events.id', '=', eventId)
		.executeTakeFirst()
	return row && { ...row, raw: Buffer.from(row.raw) }
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
		class: meant as BounceClass,
		count,
	}))
}
