import { sql } from 'kysely'
import type { Database } from '../../kernel/database.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'
import { joinMailability, whyNotMailed } from '../../subscriptions/index.ts'

export type Cursor = { dueAt: string; subscriptionId: number }

/** A row that says `sending` before a byte of it goes out. */
export type Claimed = {
	subscriptionId: number
	renditionId: number
	local: string
	domain: string
	/** Where it was asked for. */
	givenName?: string | null
	attempts: number
	/** Seconds since the first temporary refusal; 0 where there was none. */
	deferredSeconds: number
	/** The end of its domain's last pause, within the last hour. */
	pausedAt: string | null
}

/**
 * `untouched`: no relay was told of it, so it is due as if never claimed, at once or after some seconds; with
 * `forOthers` another process is to send it.
 */
export type Settled = Pick<Claimed, 'subscriptionId' | 'attempts'> &
	(
		| { kind: 'accepted' | 'refused' | 'in_doubt'; reply: string }
		| { kind: 'deferred'; reply: string; afterSeconds: number }
		| { kind: 'untouched'; afterSeconds?: number; forOthers?: boolean }
	)

export type WorkerKey = { digestId: number; worker: string }

export type LedgerTurn = {
	settled: readonly Settled[]
	claim: {
		limit: number
		leaseSeconds: number
		after: Cursor | undefined
		/** Whether readers are greeted by name. */
		withNames?: boolean
	}
}

export type LedgerAnswer = {
	/** How many of the settled rows were still this worker's. */
	written: number
	claimed: Claimed[]
	excluded: number
	cursor: Cursor | undefined
}

/**
 * Writes outcomes and claims the next due rows in one statement: the rows that say `sending` never become more in
 * between, and no two workers claim the same row.
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
 * The last look before SMTP: who has unsubscribed, paused or been suppressed since planning is `excluded`, mail to a paused
 * domain is put off, and of a paused or cancelled digest nothing is taken.
 */
function claiming(
	{ digestId, worker }: WorkerKey,
	{ limit, leaseSeconds, after, withNames }: LedgerTurn['claim'],
) {
	const beyond = after
		? sql`and (due_at, subscription_id) > (${after.dueAt}::timestamptz, ${after.subscriptionId})`
		: sql``
	const name = withNames ? sql`, p.given_name` : sql``
	const nameClaimed = withNames ? sql`, c.given_name as "givenName"` : sql``
	return sql`due as (
			select subscription_id, due_at from deliveries
			where digest_id = ${digestId} and state = 'planned' and due_at <= now() ${beyond}
				and exists (select 1 from digests where id = ${digestId} and state = 'sending')
			order by due_at, subscription_id
			limit ${limit}
			for update skip locked
		), looked_at as (
			select due.subscription_id, due.due_at, p.local_part, p.domain ${name},
				row_number() over (order by due.due_at, due.subscription_id)::int as place,
				coalesce(${whyNotMailed}, case when z.until > now() then 'domain_paused' end) as reason, z.until
			from due
			left join subscriptions s on s.id = due.subscription_id
			${joinMailability}
			left join sending_pauses z on z.scope = 'domain' and z.name = p.domain and z.until > now() - interval '1 hour'
		), claimed as (
			update deliveries d set
				state = case when c.reason is null then 'sending' when c.reason = 'domain_paused' then 'planned' else 'excluded' end::delivery_state,
				attempts = d.attempts + case when c.reason is null then 1 else 0 end,
				due_at = case when c.reason = 'domain_paused' then c.until else d.due_at end,
				worker = case when c.reason is null then ${worker} end,
				lease_until = case when c.reason is null then now() + make_interval(secs => ${leaseSeconds}) end,
				reply = coalesce(nullif(c.reason, 'domain_paused'), d.reply),
				changed_at = now()
			from looked_at c
			where d.digest_id = ${digestId} and d.subscription_id = c.subscription_id
			returning c.subscription_id as "subscriptionId", d.rendition_id as "renditionId", c.local_part as local,
				c.domain, d.attempts, coalesce(extract(epoch from now() - d.first_deferred_at), 0)::float8 as "deferredSeconds",
				c.until::text as "pausedAt", c.reason, c.due_at::text as "dueAt", c.place ${nameClaimed}
		)`
}

const stateOf = {
	accepted: 'accepted',
	refused: 'refused',
	in_doubt: 'in_doubt',
	deferred: 'planned',
	untouched: 'planned',
} as const satisfies Record<Settled['kind'], DeliveryState>

/** Also where the lease has run out, if nobody has touched the row since. */
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
