import { type Selectable, sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import type { DigestState } from '../kernel/enumerations.ts'
import type { BounceAlertsTable } from '../kernel/tables/bounces.ts'

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
	/** From how many networks, where it is of sign-ups; their classes are the caps that kept them back. */
	networks: number | null
	raisedAt: Date
	updatedAt: Date
	closedAt: Date | null
}

export type RaisedAlert = Pick<Alert, 'digestId' | 'events' | 'planned' | 'classes' | 'domains'> &
	Partial<Pick<Alert, 'relay' | 'reason' | 'networks'>> & {
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
		networks: alert.networks ?? null,
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
export async function raiseMailboxAlert(
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

/** Ends an alert, where it is there and nobody has closed it. */
export async function closeAlertByKey(tx: DatabaseOrTransaction, key: string, at: Date): Promise<void> {
	await tx
		.updateTable('bounce_alerts')
		.set({ closed_at: at })
		.where('alert_key', '=', key)
		.where('closed_at', 'is', null)
		.execute()
}

/** Open alerts because of which something was paused. */
export async function selectPausingAlerts(db: DatabaseOrTransaction): Promise<number[]> {
	const rows = await db
		.selectFrom('bounce_alerts')
		.select('id')
		.where('closed_at', 'is', null)
		.where('held_at', 'is not', null)
		.execute()
	return rows.map(({ id }) => id)
}

/** Claims to pause something because of an alert. True once for each alert, as staff who ends the pause has the last word. */
export async function claimPauses(db: DatabaseOrTransaction, alertId: number, at: Date): Promise<boolean> {
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
	return (await query.execute()).map(toAlert)
}

/** An alert as a newsletter's staff sees it, with the digest that it is about, where it is about one. */
export type AlertOfNewsletter = Alert & { digest: { id: number; state: DigestState; at: Date } | null }

export type NewsletterAlertFilter = {
	newsletterId: number
	/** Those too that concern the whole installation: an hour, a relay, the mailbox. */
	shared: boolean
	/** Those that are closed, else those that are open. */
	closed: boolean
	id?: number | undefined
	before?: number | undefined
	limit: number
}

/** Newest first; those about the digests of a newsletter. */
export async function selectAlertsOfNewsletter(
	db: DatabaseOrTransaction,
	{ newsletterId, shared, closed, id, before, limit }: NewsletterAlertFilter,
): Promise<AlertOfNewsletter[]> {
	let query = db
		.selectFrom('bounce_alerts as a')
		.leftJoin('digests as d', 'd.id', 'a.digest_id')
		.selectAll('a')
		.select(['d.state as digestState', 'd.created_at as digestAt'])
		.where((eb) =>
			shared
				? eb.or([eb('d.newsletter_id', '=', newsletterId), eb('a.digest_id', 'is', null)])
				: eb('d.newsletter_id', '=', newsletterId),
		)
		.where('a.closed_at', closed ? 'is not' : 'is', null)
		.orderBy('a.id', 'desc')
		.limit(limit)
	if (id !== undefined) query = query.where('a.id', '=', id)
	if (before !== undefined) query = query.where('a.id', '<', before)
	return (await query.execute()).map(({ digestState: state, digestAt: at, ...row }) => ({
		...toAlert(row),
		digest: row.digest_id !== null && state && at ? { id: row.digest_id, state, at } : null,
	}))
}

function toAlert(row: Selectable<BounceAlertsTable>): Alert {
	return {
		id: row.id,
		digestId: row.digest_id,
		relay: row.relay,
		reason: row.reason,
		events: row.events,
		planned: row.planned,
		classes: row.classes,
		domains: row.domains,
		networks: row.networks,
		raisedAt: row.raised_at,
		updatedAt: row.updated_at,
		closedAt: row.closed_at,
	}
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
