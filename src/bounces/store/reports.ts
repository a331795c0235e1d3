import { sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { ReportKind, StoredReportKind } from '../../kernel/enumerations.ts'
import type { ReportedEvent } from '../reported-event.ts'

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
	kind: StoredReportKind,
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

/** Reports that wait to be read, and those that could not be. Both are few. */
export type UnreadReports = { waiting: number; unreadable: number }

export async function countUnread(db: DatabaseOrTransaction): Promise<UnreadReports> {
	const { rows } = await sql<UnreadReports>`
		select (select count(*) from bounce_reports where kind is null)::float8 as waiting,
			(select count(*) from bounce_reports where kind = 'unreadable')::float8 as unreadable`.execute(db)
	return rows[0] ?? { waiting: 0, unreadable: 0 }
}

/** Deletes reports that came before, read or not. Gives how many. */
export async function deleteReportsBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('bounce_reports')
		.where('received_at', '<', before)
		.executeTakeFirst()
	return Number(numDeletedRows)
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

/** Deletes the reports that proven events of an address were read from. Gives how many. */
export async function deleteReportsOf(tx: DatabaseOrTransaction, addressHash: string): Promise<number> {
	const { numDeletedRows } = await tx
		.deleteFrom('bounce_reports')
		.where('id', 'in', (eb) =>
			eb
				.selectFrom('bounce_events')
				.select('report_id')
				.where('address_hash', '=', addressHash)
				.where('matched_by', 'is not', null)
				.where('report_id', 'is not', null)
				.$narrowType<{ report_id: number }>(),
		)
		.executeTakeFirst()
	return Number(numDeletedRows)
}

/** Reports in which one of these texts stands, letter case aside. It looks through all that are kept. */
export async function selectReportsNaming(
	tx: DatabaseOrTransaction,
	texts: readonly string[],
): Promise<Array<{ id: number; raw: Buffer }>> {
	const { rows } = await sql<{ id: number; raw: Uint8Array }>`
		select id, raw from bounce_reports
		where exists (
			select from unnest(${[...texts]}::text[]) as named (name)
			where position(lower(encode(convert_to(name, 'UTF8'), 'escape')) in lower(encode(raw, 'escape'))) > 0
		)`.execute(tx)
	return rows.map(({ id, raw }) => ({ id, raw: Buffer.from(raw) }))
}
