import { sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import { ownReason } from '../kernel/own-reason.ts'
import type { AudienceSums, DeliveryState } from '../kernel/tables.ts'
import { joinMailability, whyNotMailed } from '../subscriptions/index.ts'

/**
 * Freezes the audience: one statement decides on every subscription of the newsletter and writes a ledger row for each
 * that is to be mailed, into a partition of the digest's own. The partition is filled first and attached last: attaching
 * makes its indexes, and takes no lock that deliveries of other digests would wait for.
 */
export async function openLedger(
	tx: DatabaseOrTransaction,
	{ digestId, newsletterId }: { digestId: number; newsletterId: number },
): Promise<AudienceSums> {
	const partition = sql.raw(`deliveries_${Math.trunc(digestId)}`)
	const value = sql.raw(String(Math.trunc(digestId)))
	await sql`create table ${partition} (like deliveries including defaults, check (digest_id = ${value}))`.execute(
		tx,
	)
	const { rows } = await sql<{ reason: string | null; count: number }>`
		with candidates as materialized (
			select s.id as subscription_id, r.id as rendition_id,
				coalesce(${whyNotMailed}, case when r.id is null then 'no_rendition' end) as reason
			from subscriptions s
			${joinMailability}
			left join renditions r on r.digest_id = ${digestId} and r.locale = s.locale
			where s.newsletter_id = ${newsletterId}
		), planned as (
			insert into ${partition} (digest_id, subscription_id, rendition_id, due_at, changed_at)
			select ${value}, subscription_id, rendition_id, now(), now()
			from candidates where reason is null order by subscription_id
			returning 1
		)
		select reason, count(*)::float8 as count from candidates where reason is not null group by reason
		union all select null, count(*)::float8 from planned
		union all select 'candidates', count(*)::float8 from candidates`.execute(tx)
	await sql`alter table deliveries attach partition ${partition} for values in (${value})`.execute(tx)
	await sql`analyze ${partition}`.execute(tx)

	const counts = new Map(rows.map(({ reason, count }) => [reason, count]))
	const candidates = counts.get('candidates') ?? 0
	const planned = counts.get(null) ?? 0
	counts.delete('candidates')
	counts.delete(null)
	return { candidates, planned, excluded: Object.fromEntries(counts) as Record<string, number> }
}

/**
 * Drops all rows of a digest at once. That takes the whole ledger for a moment: where a statement of another digest
 * keeps it from that for long, it rejects instead of making everybody wait.
 */
export async function dropLedger(tx: DatabaseOrTransaction, digestId: number): Promise<void> {
	await sql`set local lock_timeout = '1s'`.execute(tx)
	await sql`drop table if exists ${sql.raw(`deliveries_${Math.trunc(digestId)}`)}`.execute(tx)
	await tx.deleteFrom('delivery_tallies').where('digest_id', '=', digestId).execute()
}

/** Where a lane is in the ledger: rows that were due earlier have been looked at. */
export type Cursor = { dueAt: string; subscriptionId: number }

/** A row that the lane has marked as `sending`, before a byte of it goes out. */
export type Claimed = {
	subscriptionId: number
	renditionId: number
	local: string
	domain: string
	/** Tries so far, this one included; with the worker it tells this claim from any other. */
	attempts: number
	/** Seconds since the first temporary refusal; 0 where there was none. */
	deferredSeconds: number
	/** Until when its domain was paused not long ago; null where it was not. */
	pausedAt: string | null
}

/**
 * What became of a claimed row. `untouched`: it was never told to the relay, so it is due again as if never claimed, at
 * once or after some seconds; `forOthers`, where another process is to send it.
 */
export type Settled = Pick<Claimed, 'subscriptionId' | 'attempts'> &
	(
		| { kind: 'accepted' | 'refused' | 'in_doubt'; reply: string }
		| { kind: 'deferred'; reply: string; afterSeconds: number }
		| { kind: 'untouched'; afterSeconds?: number; forOthers?: boolean }
	)

/** A worker at a digest: no two runs have the same name. */
export type WorkerKey = { digestId: number; worker: string }

export type LedgerTurn = {
	settled: readonly Settled[]
	claim: { limit: number; leaseSeconds: number; after: Cursor | undefined }
}

export type LedgerAnswer = {
	/** How many of the settled rows were still this worker's. */
	written: number
	claimed: Claimed[]
	/** How many rows were due but are not to be mailed any more, or not now. */
	excluded: number
	/** Where to go on; undefined where nothing was due. */
	cursor: Cursor | undefined
}

/**
 * Writes down what became of rows that this worker claimed before, and claims the next due ones, in one statement: what
 * is marked `sending` never grows in between, and no two workers can claim the same row.
 */
export async function settleAndClaim(
	db: Database,
	key: WorkerKey,
	{ settled, claim }: LedgerTurn,
): Promise<LedgerAnswer> {
	const parts = []
	if (settled.length > 0) parts.push(settling(key, settled))
	if (claim.limit > 0) parts.push(claiming(key, claim))
	if (parts.length === 0) return { written: 0, claimed: [], excluded: 0, cursor: undefined }
	const written = settled.length > 0 ? sql`(select count(*)::int from settled)` : sql`0`
	const joined = claim.limit > 0 ? sql`left join claimed on true` : sql``
	const columns = claim.limit > 0 ? sql`, claimed.*` : sql``
	const { rows } = await sql<{ written: number } & Partial<ClaimedRow>>`
		with ${sql.join(parts, sql`, `)}
		select ${written} as written ${columns} from (select 1) one ${joined}`.execute(db)
	const looked = rows.filter((row): row is ClaimedRow & { written: number } => row.place != null)
	const claimed = looked.filter(({ reason }) => reason === null)
	return {
		written: rows[0]?.written ?? 0,
		claimed,
		excluded: looked.length - claimed.length,
		cursor: lastOf(looked),
	}
}

type ClaimedRow = Claimed & Cursor & { reason: string | null; place: number }

function lastOf(rows: ReadonlyArray<Cursor & { place: number }>): Cursor | undefined {
	const last = rows.find(({ place }) => place === rows.length)
	return last && { dueAt: last.dueAt, subscriptionId: last.subscriptionId }
}

/**
 * Takes the next due rows and marks them `sending` under a lease. This is the last look before SMTP: who has
 * unsubscribed or been suppressed since planning becomes `excluded`, what goes to a paused domain is put off, and of a
 * digest that is paused or cancelled nothing is taken.
 */
function claiming({ digestId, worker }: WorkerKey, { limit, leaseSeconds, after }: LedgerTurn['claim']) {
	const beyond = after
		? sql`and (due_at, subscription_id) > (${after.dueAt}::timestamptz, ${after.subscriptionId})`
		: sql``
	return sql`due as (
			select subscription_id, due_at from deliveries
			where digest_id = ${digestId} and state = 'planned' and due_at <= now() ${beyond}
				and exists (select 1 from digests where id = ${digestId} and state = 'sending')
			order by due_at, subscription_id
			limit ${limit}
			for update skip locked
		), looked_at as (
			select due.subscription_id, due.due_at, p.local_part, p.domain,
				row_number() over (order by due.due_at, due.subscription_id)::int as place,
				coalesce(${whyNotMailed}, case when z.until > now() then 'paused' end) as reason, z.until
			from due
			left join subscriptions s on s.id = due.subscription_id
			${joinMailability}
			left join sending_pauses z on z.scope = 'domain' and z.name = p.domain and z.until > now() - interval '1 hour'
		), claimed as (
			update deliveries d set
				state = case when c.reason is null then 'sending' when c.reason = 'paused' then 'planned' else 'excluded' end::delivery_state,
				attempts = d.attempts + case when c.reason is null then 1 else 0 end,
				due_at = case when c.reason = 'paused' then c.until else d.due_at end,
				worker = case when c.reason is null then ${worker} end,
				lease_until = case when c.reason is null then now() + make_interval(secs => ${leaseSeconds}) end,
				reply = coalesce(nullif(c.reason, 'paused'), d.reply),
				changed_at = now()
			from looked_at c
			where d.digest_id = ${digestId} and d.subscription_id = c.subscription_id
			returning c.subscription_id as "subscriptionId", d.rendition_id as "renditionId", c.local_part as local,
				c.domain, d.attempts, coalesce(extract(epoch from now() - d.first_deferred_at), 0)::float8 as "deferredSeconds",
				c.until::text as "pausedAt", c.reason, c.due_at::text as "dueAt", c.place
		)`
}

const stateOf = {
	accepted: 'accepted',
	refused: 'refused',
	in_doubt: 'in_doubt',
	deferred: 'planned',
	untouched: 'planned',
} as const satisfies Record<Settled['kind'], DeliveryState>

/** A row whose lease ran out meanwhile, and which nobody has touched since, still takes the true answer. */
function settling({ digestId, worker }: WorkerKey, settled: readonly Settled[]) {
	const ids = settled.map(({ subscriptionId }) => subscriptionId)
	const attempts = settled.map((row) => row.attempts)
	const states = settled.map(({ kind }) => stateOf[kind])
	const replies = settled.map((row) => ('reply' in row ? row.reply : null))
	const waits = settled.map((row) => ('afterSeconds' in row ? (row.afterSeconds ?? null) : null))
	const untouched = settled.map(({ kind }) => kind === 'untouched')
	return sql`settled as (
			update deliveries d set
				state = o.state::delivery_state,
				reply = coalesce(o.reply, d.reply),
				attempts = d.attempts - case when o.untouched then 1 else 0 end,
				due_at = case when o.wait is null then d.due_at else now() + make_interval(secs => o.wait) end,
				first_deferred_at = case when o.wait is null or o.untouched then d.first_deferred_at else coalesce(d.first_deferred_at, now()) end,
				worker = null, lease_until = null, changed_at = now()
			from unnest(${ids}::bigint[], ${attempts}::int[], ${states}::text[], ${replies}::text[], ${waits}::float8[],
				${untouched}::boolean[]) as o (id, attempts, state, reply, wait, untouched)
			where d.digest_id = ${digestId} and d.subscription_id = o.id and d.worker = ${worker}
				and d.attempts = o.attempts and d.state in ('sending', 'in_doubt')
			returning 1
		)`
}

/** Hands back what this worker claimed without learning of it, because the answer to the claim was lost. */
export async function handBackUnknown(
	db: Database,
	{ digestId, worker }: WorkerKey,
	known: readonly number[],
): Promise<void> {
	await sql`
		update deliveries set state = 'planned', attempts = attempts - 1, worker = null, lease_until = null, changed_at = now()
		where digest_id = ${digestId} and worker = ${worker} and state in ('sending', 'in_doubt')
			and subscription_id <> all (${known}::bigint[])`.execute(db)
}

/** Keeps the leases of a worker that lives. */
export async function renewLeases(
	db: Database,
	{ digestId, worker }: WorkerKey,
	leaseSeconds: number,
): Promise<void> {
	await sql`
		update deliveries set lease_until = now() + make_interval(secs => ${leaseSeconds})
		where digest_id = ${digestId} and subscription_id in (
			select subscription_id from deliveries
			where digest_id = ${digestId} and worker = ${worker} and state = 'sending'
			-- what is just written down needs no lease, and waiting for it could lock both out
			for update skip locked
		)`.execute(db)
}

/**
 * Rows whose worker was lost in the middle become in doubt: they may have gone out, so they are never planned again
 * by themselves. Gives how many.
 */
export async function expireLeases(db: Database, digestId: number): Promise<number> {
	const { numAffectedRows } = await sql`
		update deliveries set state = 'in_doubt', lease_until = null, changed_at = now(),
			reply = ${ownReason('worker_lost')}
		where digest_id = ${digestId} and state = 'sending' and lease_until < now()`.execute(db)
	return Number(numAffectedRows ?? 0)
}

/**
 * What of a cancelled digest is still due is not sent any more: `excluded`, some rows at a time so that no lane waits
 * long for a lock, and locked in one order, as all lanes may come to their end at the same time. Gives how many in all.
 */
export async function excludeCancelled(db: Database, digestId: number): Promise<number> {
	for (let excluded = 0; ; ) {
		const { numAffectedRows } = await sql`
			update deliveries set state = 'excluded', reply = 'cancelled', changed_at = now()
			where digest_id = ${digestId} and state = 'planned' and subscription_id in (
				select subscription_id from deliveries where digest_id = ${digestId} and state = 'planned'
					and exists (select 1 from digests where id = ${digestId} and state = 'cancelled')
				order by due_at, subscription_id
				limit 20000
				for update
			)`.execute(db)
		if (!numAffectedRows) return excluded
		excluded += Number(numAffectedRows)
	}
}

/** How many deliveries are to be sent again, and how many are not, because their reader left or must not be mailed. */
export type Resent = { planned: number; leftOut: number }

/**
 * Plans again what is in a state, but for who has unsubscribed or been suppressed. The row forgets its worker, so an
 * answer that comes as late as this changes nothing any more.
 */
export async function planAgain(
	tx: DatabaseOrTransaction,
	digestId: number,
	state: 'refused' | 'in_doubt',
): Promise<Resent> {
	const { rows } = await sql<Resent>`
		with wanted as (
			select d.subscription_id, ${whyNotMailed} is null as may
			from deliveries d
			left join subscriptions s on s.id = d.subscription_id
			${joinMailability}
			where d.digest_id = ${digestId} and d.state = ${state}
		), planned as (
			update deliveries d set state = 'planned', due_at = now(), first_deferred_at = null, worker = null,
				lease_until = null, changed_at = now()
			from wanted w
			where d.digest_id = ${digestId} and d.subscription_id = w.subscription_id and d.state = ${state} and w.may
			returning 1
		)
		select (select count(*) from planned)::float8 as planned,
			(select count(*) from wanted where not may)::float8 as "leftOut"`.execute(tx)
	return rows[0] ?? { planned: 0, leftOut: 0 }
}

export async function hasDue(db: Database, digestId: number): Promise<boolean> {
	const { rows } = await sql`
		select 1 from deliveries where digest_id = ${digestId} and state = 'planned' and due_at <= now() limit 1`.execute(
		db,
	)
	return rows.length > 0
}

/** A row of the ledger as staff sees it. */
export type DeliveryRow = {
	subscriptionId: number
	local: string
	domain: string
	state: DeliveryState
	attempts: number
	dueAt: Date
	reply: string | null
	changedAt: Date
}

export type DeliveryPage = { state: DeliveryState | undefined; after: number; limit: number }

/** Rows of a digest in the order of their subscriptions, those after `after`. */
export async function selectDeliveries(
	db: DatabaseOrTransaction,
	digestId: number,
	{ state, after, limit }: DeliveryPage,
): Promise<DeliveryRow[]> {
	let query = db
		.selectFrom('deliveries')
		.innerJoin('subscriptions', 'subscriptions.id', 'deliveries.subscription_id')
		.innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
		.select([
			'deliveries.subscription_id as subscriptionId',
			'local_part as local',
			'domain',
			'deliveries.state',
			'attempts',
			'due_at as dueAt',
			'reply',
			'changed_at as changedAt',
		])
		.where('digest_id', '=', digestId)
		.where('deliveries.subscription_id', '>', after)
		.orderBy('deliveries.subscription_id')
		.limit(limit)
	if (state) query = query.where('deliveries.state', '=', state)
	return query.execute()
}

/** A reader of the newsletter of a digest. `delivery` is undefined where the ledger has no row of it. */
export type Reader = {
	subscriptionId: number
	local: string
	domain: string
	locale: string
	mayBeMailed: boolean
	delivery: { renditionId: number; state: DeliveryState } | undefined
}

/** Who reads the newsletter of a digest under an address, as it is compared. */
export async function findReader(
	db: DatabaseOrTransaction,
	digestId: number,
	comparable: string,
): Promise<Reader | undefined> {
	type Row = Omit<Reader, 'delivery'> & { renditionId: number | null; state: DeliveryState | null }
	const { rows } = await sql<Row>`
		select s.id as "subscriptionId", p.local_part as local, p.domain, s.locale,
			${whyNotMailed} is null as "mayBeMailed",
			d.rendition_id as "renditionId", d.state
		from digests g
		join subscriptions s on s.newsletter_id = g.newsletter_id
		${joinMailability}
		left join deliveries d on d.digest_id = ${digestId} and d.subscription_id = s.id
		where g.id = ${digestId} and p.comparable_address = ${comparable}`.execute(db)
	const [row] = rows
	if (!row) return undefined
	const { renditionId, state, ...reader } = row
	return { ...reader, delivery: renditionId !== null && state ? { renditionId, state } : undefined }
}

/** What a report says of a delivery whose fate the relay could not know. */
export type Returned = 'bounced' | 'complained' | 'delivered'

const returnedTo = {
	bounced: { state: 'bounced', from: ['accepted', 'in_doubt'] },
	complained: { state: 'complained', from: ['accepted', 'in_doubt', 'bounced'] },
	// proof that it went out ends the doubt
	delivered: { state: 'accepted', from: ['in_doubt'] },
} as const satisfies Record<Returned, { state: DeliveryState; from: readonly DeliveryState[] }>

/** Writes down what a report says, unless the row knows better. Gives whether it changed. */
export async function setReturned(
	tx: DatabaseOrTransaction,
	{ digestId, subscriptionId }: { digestId: number; subscriptionId: number },
	returned: Returned,
): Promise<boolean> {
	const { state, from } = returnedTo[returned]
	const changed = await tx
		.updateTable('deliveries')
		.set({ state, worker: null, lease_until: null, changed_at: sql<Date>`now()` })
		.where('digest_id', '=', digestId)
		.where('subscription_id', '=', subscriptionId)
		.where('state', 'in', from)
		.returning('subscription_id')
		.executeTakeFirst()
	return changed !== undefined
}

/** A refusal by the relay that has not become a bounce event yet. */
export type UnrecordedRefusal = { subscriptionId: number; attempts: number; reply: string; at: Date }

export async function selectUnrecordedRefusals(
	db: DatabaseOrTransaction,
	digestId: number,
	limit: number,
): Promise<UnrecordedRefusal[]> {
	const { rows } = await sql<UnrecordedRefusal>`
		select subscription_id as "subscriptionId", attempts, coalesce(reply, '') as reply, changed_at as at
		from deliveries
		where digest_id = ${digestId} and state = 'refused' and refusal_recorded is distinct from attempts
		order by subscription_id limit ${limit}`.execute(db)
	return rows
}

export async function setRefusalsRecorded(
	db: DatabaseOrTransaction,
	digestId: number,
	refusals: ReadonlyArray<Pick<UnrecordedRefusal, 'subscriptionId' | 'attempts'>>,
): Promise<void> {
	const ids = refusals.map(({ subscriptionId }) => subscriptionId)
	const attempts = refusals.map((refusal) => refusal.attempts)
	await sql`
		update deliveries d set refusal_recorded = r.attempts
		from unnest(${ids}::bigint[], ${attempts}::int[]) as r (id, attempts)
		where d.digest_id = ${digestId} and d.subscription_id = r.id and d.state = 'refused'`.execute(db)
}

/** Digests that have refusals which are not recorded yet: a look at an index that is empty but for these. */
export async function selectDigestsWithUnrecordedRefusals(db: DatabaseOrTransaction): Promise<number[]> {
	const { rows } = await sql<{ digestId: number }>`
		select distinct digest_id as "digestId" from deliveries
		where state = 'refused' and refusal_recorded is distinct from attempts`.execute(db)
	return rows.map(({ digestId }) => digestId)
}
