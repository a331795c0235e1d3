import { type RawBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { ImportBasis } from '../../../kernel/tables/imports.ts'
import { joinWhatStands } from './rows.ts'

/** Rows of an import, those behind `from` up to `to`. */
export type RowRange = { importId: number; from: number; to: number }

export type Adding = RowRange & {
	newsletterId: number
	defaultLocale: Locale
	basis: ImportBasis
	now: Date
}

const inRange = ({ importId, from, to }: RowRange) =>
	sql`r.import_id = ${importId} and r.number > ${from} and r.number <= ${to}`

/** The rows that may still be added, or are known: what the dry run found to stay out stays out. */
const candidates = (range: RowRange) =>
	sql`${inRange(range)} and r.outcome in ('new', 'known', 'arrives_left')`

/**
 * Holds the addresses of a range of rows, in the order of `lockAddresses`. Each lane has one import at a time, whichever process
 * works on it, as so many locks are held at once.
 */
export async function lockRowAddresses(
	tx: DatabaseOrTransaction,
	range: RowRange,
	lane: number,
): Promise<void> {
	await sql`select pg_advisory_xact_lock(hashtextextended(${`imports ${lane}`}, 0))`.execute(tx)
	await sql`
		with held as materialized (
			select comparable_address as address from import_rows r
			where ${inRange(range)} and r.outcome in ('new', 'known', 'changed', 'arrives_left', 'arrives_suppressed')
				and comparable_address is not null
			order by comparable_address collate "C"
		)
		select count(pg_advisory_xact_lock(hashtextextended(address, 0))) from held`.execute(tx)
}

/** Makes the persons that are missing; nobody who was erased or suppressed since the rows were staged. */
export async function insertPersons(
	tx: DatabaseOrTransaction,
	{ now, ...range }: RowRange & { now: Date },
): Promise<void> {
	await sql`
		insert into subscribers (local_part, domain, comparable_address, address_hash, given_name, created_at)
		select split_part(r.address, '@', 1), split_part(r.address, '@', 2), r.comparable_address, r.address_hash, r.given_name,
			${now}::timestamptz
		from import_rows r
		where ${candidates(range)} and not exists (
			select from suppressions x where x.address_hash = r.address_hash and x.lifted_at is null limit 1
		)
		order by r.comparable_address collate "C"
		on conflict do nothing`.execute(tx)
}

/**
 * Adds the subscriptions of a range of rows with a receipt each, as things stand now: who has left, was erased or is
 * suppressed stays out, who is here already stays as they are. Rows of which that is another outcome than was forecast get
 * it. Gives how many there are of each new state; `missing`: rows whose person went away in this moment.
 */
export async function insertSubscriptions(
	tx: DatabaseOrTransaction,
	adding: Adding,
): Promise<{ added: number; missing: number }> {
	const { rows } = await sql<{ added: number; missing: number }>`
		with wanted as materialized (
			select n.number, n.outcome, n.locale, n.profile_id, n.joined_at, n.left_at, n.paused_until, n.consent_until,
				coalesce(n.consented_at, ${dayOf(adding.basis)}) as consented_at, p.id as subscriber_id,
				s.id is not null as is_here, case
					-- added before a crash
					when s.import_id = ${adding.importId} then n.outcome
					when x.reason = 'erased' then 'erased'
					when s.state = 'unsubscribed' then 'left'
					when x.reason is not null then 'suppressed'
					when s.id is not null then 'known'
					when n.file_state = 'unsubscribed' then 'arrives_left'
					else 'new'
				end as now_outcome
			from (select * from import_rows r where ${candidates(adding)}) n ${joinWhatStands(adding.newsletterId)}
		), added as (
			insert into subscriptions (
				newsletter_id, subscriber_id, locale, state, confirmed_at, unsubscribed_at, profile_id, source, import_id,
				consent_until, paused_until, created_at, updated_at
			)
			select ${adding.newsletterId}, subscriber_id, coalesce(locale, ${adding.defaultLocale}), ${stateOf(adding)},
				case when now_outcome = 'new' and ${adding.basis.kind !== 'unsure'} then coalesce(consented_at, ${adding.now}::timestamptz) end,
				case when now_outcome = 'arrives_left' then coalesce(left_at, ${adding.now}::timestamptz) end,
				profile_id, 'import', ${adding.importId},
				case when now_outcome = 'new' then ${untilOf(adding)} end,
				case when now_outcome = 'new' and paused_until > ${adding.now}::timestamptz then paused_until end,
				least(coalesce(joined_at, ${adding.now}::timestamptz), ${adding.now}::timestamptz), ${adding.now}::timestamptz
			from wanted where not is_here and now_outcome in ('new', 'arrives_left') and subscriber_id is not null
			order by subscriber_id
			on conflict do nothing
			returning id, subscriber_id, locale, state, consent_until
		), proven as (
			insert into consent_receipts (subscription_id, action, wording, locale, page, choices, at)
			select a.id, 'imported', ${adding.basis.words}, a.locale, ${pageOf(adding)}, jsonb_build_object(
				'import', ${adding.importId}::bigint, 'basis', ${adding.basis.kind}::text, 'state', a.state, 'consentedAt', w.consented_at,
				'leftAt', w.left_at, 'evidence', ${adding.basis.evidence}::text, 'until', a.consent_until
			), ${adding.now}::timestamptz
			from added a join wanted w using (subscriber_id)
		), settled as (
			update import_rows r set outcome = w.now_outcome from wanted w
			where ${inRange(adding)} and r.number = w.number and w.outcome <> w.now_outcome
		)
		select (select count(*)::float8 from added) as added, (
			select count(*)::float8 from wanted where not is_here and now_outcome in ('new', 'arrives_left')
		) - (select count(*)::float8 from added) as missing`.execute(tx)
	return rows[0] ?? { added: 0, missing: 0 }
}

function stateOf({ basis }: Adding): RawBuilder<string> {
	const usual = basis.kind === 'unsure' ? 'pending' : 'active'
	return sql`case when now_outcome = 'arrives_left' then 'unsubscribed' else ${usual} end`
}

const dayOf = ({ day }: ImportBasis) => sql`${day}::date::timestamp at time zone 'UTC'`

/** What the row says, whatever is said of all; nothing of who is asked, and says it then. */
const untilOf = ({ basis, now }: Adding) =>
	basis.kind === 'unsure'
		? sql`null::timestamptz`
		: sql`coalesce(
			consent_until, coalesce(consented_at, ${now}::timestamptz) + make_interval(months => ${basis.months}::int)
		)`

/** Where a receipt says that it was: what is left of it when the person is erased. */
export function pageOf({ importId, basis }: { importId: number; basis: ImportBasis }): string {
	return `import ${importId} (${basis.kind})`
}

/** Those of a range that were added as pending and have not been asked yet. */
export async function selectToAsk(
	tx: DatabaseOrTransaction,
	{ newsletterId, ...range }: RowRange & { newsletterId: number },
): Promise<Array<{ id: number; locale: Locale; address: string; comparable: string }>> {
	const { rows } = await sql<{ id: number; locale: Locale; address: string; comparable: string }>`
		select s.id, s.locale, r.address, r.comparable_address as comparable
		from import_rows r
		join subscribers p on p.comparable_address = r.comparable_address
		join subscriptions s on s.newsletter_id = ${newsletterId} and s.subscriber_id = p.id
		where ${inRange(range)} and r.outcome = 'new' and s.state = 'pending' and s.import_id = ${range.importId}
			and not exists (select from notices n where n.subscription_id = s.id)`.execute(tx)
	return rows
}

/** Mails that ask whether they are still wanted, due now. Gives their ids. */
export async function insertAsks(
	tx: DatabaseOrTransaction,
	asked: ReadonlyArray<{ id: number; locale: Locale; mailboxHash: string }>,
	now: Date,
): Promise<number[]> {
	const { rows } = await sql<{ id: number }>`
		insert into notices (subscription_id, mailbox_hash, locale, due_at, created_at, purpose)
		select n.id, n.hash, n.locale, ${now}::timestamptz, ${now}::timestamptz, 'import'
		from unnest(
			${sql.val(asked.map(({ id }) => id))}::bigint[], ${sql.val(asked.map(({ mailboxHash }) => mailboxHash))}::text[],
			${sql.val(asked.map(({ locale }) => locale))}::text[]
		) n (id, hash, locale)
		on conflict do nothing returning id`.execute(tx)
	return rows.map(({ id }) => id)
}

export type ToSuppress = { addressHash: string; state: 'bounced' | 'complained' }

/** The rows of a range that say that an address is dead, or complained. */
export async function selectToSuppress(tx: DatabaseOrTransaction, range: RowRange): Promise<ToSuppress[]> {
	const { rows } = await sql<ToSuppress>`
		select r.address_hash as "addressHash", r.file_state as state from import_rows r
		where ${inRange(range)} and r.outcome = 'arrives_suppressed' and r.address_hash is not null`.execute(tx)
	return rows
}

/** Where the next rows are of whom somebody is to be added, at most `limit`. */
export async function findPlacesOfNew(
	tx: DatabaseOrTransaction,
	{ importId, from, limit }: { importId: number; from: number; limit: number },
): Promise<number[]> {
	const rows = await tx
		.selectFrom('import_rows')
		.select('number')
		.where('import_id', '=', importId)
		.where('number', '>', from)
		.where('outcome', '=', 'new')
		.orderBy('number')
		.limit(limit)
		.execute()
	return rows.map(({ number }) => number)
}
