import { sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { WarmUp } from '../../kernel/warm-up.ts'

/** How many messages may go; the day's ceiling, if any; the time until the next day. */
export type DayGrant = { granted: number; ceiling: number | null; waitMs: number }

/** Takes some of what may be sent today (UTC, by the database's clock). */
export async function takeOfDay(db: Database, { from, ceilings }: WarmUp, count: number): Promise<DayGrant> {
	const today = sql`(now() at time zone 'UTC')::date`
	await sql`insert into sending_days (day, messages) values (${today}, 0) on conflict do nothing`.execute(db)
	const { rows } = await sql<DayGrant>`
		with before as (
			select day, messages, (${[...ceilings]}::int[])[greatest(1, day - ${from}::date + 1)] as ceiling
			from sending_days where day = ${today} for update
		)
		update sending_days d set messages = d.messages + greatest(0, least(${count}::int, b.ceiling - d.messages))
		from before b where d.day = b.day
		returning d.messages - b.messages as granted, b.ceiling,
			1000 * extract(epoch from ((d.day + 1)::timestamp at time zone 'UTC') - now())::float8 as "waitMs"`.execute(
		db,
	)
	return rows[0] ?? { granted: 0, ceiling: null, waitMs: 1_000 }
}

/**
 * A relay, a recipient domain, or all for the rest of the day (`day`). `pipelining`: a relay spoken to without it.
 */
export type PausedPart = { scope: (typeof pauseScopes)[number]; name: string }

export const pauseScopes = ['relay', 'domain', 'day', 'pipelining'] as const

/** Writes down a pause, for all processes and for staff. A longer one stays. */
export async function keepPause(
	db: Database,
	{ scope, name }: PausedPart,
	{ reason, seconds, held = false }: { reason: string; seconds: number; held?: boolean },
): Promise<void> {
	await sql`
		insert into sending_pauses as p (scope, name, reason, until, held)
		values (${scope}, ${name}, ${reason}, now() + make_interval(secs => ${seconds}), ${held})
		on conflict (scope, name) do update set
			reason = case when p.held and p.until > now() and not excluded.held then p.reason else excluded.reason end,
			held = excluded.held or (p.held and p.until > now()),
			until = case when excluded.held then excluded.until else greatest(p.until, excluded.until) end,
			keeper = null, kept_until = null, recovered_at = null`.execute(db)
}

/**
 * One process has the right to send to a domain after its pause, until the domain has recovered or the lease runs
 * out; then all have. Gives whether this one has.
 */
export async function leaseRecovery(
	db: Database,
	{ domain, keeper, leaseSeconds }: { domain: string; keeper: string; leaseSeconds: number },
): Promise<boolean> {
	const { rows } = await sql<{ maySend: boolean }>`
		with paused as (
			select recovered_at from sending_pauses where scope = 'domain' and name = ${domain}
		), kept as (
			update sending_pauses set keeper = ${keeper}, kept_until = now() + make_interval(secs => ${leaseSeconds})
			where scope = 'domain' and name = ${domain} and recovered_at is null
				and (keeper is null or keeper = ${keeper} or kept_until < now())
			returning 1
		)
		select exists (select from kept) or not exists (select from paused where recovered_at is null) as "maySend"`.execute(
		db,
	)
	return rows[0]?.maySend ?? false
}

/** Does nothing where the domain has been paused again meanwhile. */
export async function endRecovery(
	db: Database,
	{ domain, keeper, pausedAt }: { domain: string; keeper: string; pausedAt: string },
): Promise<void> {
	await sql`
		update sending_pauses set recovered_at = now(), keeper = null, kept_until = null
		where scope = 'domain' and name = ${domain} and keeper = ${keeper} and until = ${pausedAt}::timestamptz`.execute(
		db,
	)
}

/** The day's ceiling may be another now; who meets it writes that down again. */
export async function forgetFullDay(db: Database): Promise<void> {
	await sql`delete from sending_pauses where scope = 'day'`.execute(db)
}

export async function selectHolds(
	db: DatabaseOrTransaction,
): Promise<Array<{ name: string; reason: string; seconds: number }>> {
	const { rows } = await sql<{ name: string; reason: string; seconds: number }>`
		select name, reason, extract(epoch from until - now())::float8 as seconds
		from sending_pauses where scope = 'relay' and held and until > now()`.execute(db)
	return rows
}

/** Ends all holds, or that of one relay. Gives the names of those that were held. */
export async function deleteHolds(db: DatabaseOrTransaction, name?: string): Promise<string[]> {
	const one = name === undefined ? sql`` : sql`and name = ${name}`
	const { rows } = await sql<{ name: string }>`
		delete from sending_pauses where scope = 'relay' and held ${one} returning name`.execute(db)
	return rows.map((row) => row.name).sort()
}

export async function selectPauses(
	db: DatabaseOrTransaction,
): Promise<Array<PausedPart & { reason: string; until: Date; held: boolean }>> {
	const { rows } = await sql<PausedPart & { reason: string; until: Date; held: boolean }>`
		select scope, name, reason, until, held from sending_pauses where until > now() order by scope desc, name`.execute(
		db,
	)
	return rows
}
