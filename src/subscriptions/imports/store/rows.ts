import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { ImportedState, ImportOutcome } from '../../../kernel/enumerations.ts'
import type { OutcomeCounts } from '../../../kernel/tables/imports.ts'

/** A row of the file as it was read. */
export type RowToStage = {
	number: number
	line: number
	reason: string | null
	remarks: readonly string[]
	address: string | null
	comparable: string | null
	hash: string | null
	givenName: string | null
	locale: string | null
	profileId: number | null
	state: ImportedState
	consentedAt: Date | null
	joinedAt: Date | null
	leftAt: Date | null
	pausedUntil: Date | null
	consentUntil: Date | null
}

/** What becomes of a row of state `n.file_state`, by the subscription `s` and the suppression `x` that stand for its address. */
const outcomeNow = sql`case
	when x.reason = 'erased' then 'erased'
	when n.file_state in ('bounced', 'complained') and (
		x.reason is null or n.file_state = 'complained' and x.reason in ('dead_address', 'mailbox_unusable')
	) then 'arrives_suppressed'
	when s.state = 'unsubscribed' then 'left'
	when x.reason is not null then 'suppressed'
	when s.id is not null then 'known'
	when n.file_state = 'unsubscribed' then 'arrives_left'
	else 'new'
end`

/**
 * Joins the person of an address, their subscription `s` and the suppression `x` to rows known as `n`. Each is looked up by its index:
 * left to itself the planner reads whole tables for each batch, as it knows nothing of what has just been added.
 */
export const joinWhatStands = (newsletterId: number) => sql`
	left join lateral (
		select id from subscribers where comparable_address = n.comparable_address limit 1
	) p on true
	left join lateral (
		select id, state, import_id from subscriptions where newsletter_id = ${newsletterId} and subscriber_id = p.id limit 1
	) s on true
	left join lateral (
		select reason from suppressions where address_hash = n.address_hash and lifted_at is null limit 1
	) x on true`

/** Stages rows, each with what becomes of it as things stand. */
export async function insertRows(
	tx: DatabaseOrTransaction,
	{ importId, newsletterId }: { importId: number; newsletterId: number },
	rows: readonly RowToStage[],
): Promise<void> {
	const list = <Value>(pick: (row: RowToStage) => Value) => sql.val(rows.map(pick))
	await sql`
		insert into import_rows (
			import_id, number, line, outcome, reason, remarks, address, comparable_address, address_hash, given_name, locale,
			profile_id, file_state, consented_at, joined_at, left_at, paused_until, consent_until
		)
		select ${importId}, n.number, n.line, case when n.reason is not null then 'unusable' else ${outcomeNow} end, n.reason,
			string_to_array(n.remarks, ' '), n.address, n.comparable_address, n.address_hash, n.given_name, n.locale, n.profile_id,
			n.file_state, n.consented_at, n.joined_at, n.left_at, n.paused_until, n.consent_until
		from unnest(
			${list((row) => row.number)}::int[], ${list((row) => row.line)}::int[], ${list((row) => row.reason)}::text[],
			${list((row) => (row.remarks.length > 0 ? row.remarks.join(' ') : null))}::text[],
			${list((row) => row.address)}::text[], ${list((row) => row.comparable)}::text[], ${list((row) => row.hash)}::text[],
			${list((row) => row.givenName)}::text[], ${list((row) => row.locale)}::text[],
			${list((row) => row.profileId)}::bigint[], ${list((row) => row.state)}::text[],
			${list((row) => row.consentedAt)}::timestamptz[], ${list((row) => row.joinedAt)}::timestamptz[],
			${list((row) => row.leftAt)}::timestamptz[], ${list((row) => row.pausedUntil)}::timestamptz[],
			${list((row) => row.consentUntil)}::timestamptz[]
		) n (
			number, line, reason, remarks, address, comparable_address, address_hash, given_name, locale, profile_id, file_state,
			consented_at, joined_at, left_at, paused_until, consent_until
		) ${joinWhatStands(newsletterId)}`.execute(tx)
}

export async function deleteRows(tx: DatabaseOrTransaction, importId: number): Promise<void> {
	await tx.deleteFrom('import_rows').where('import_id', '=', importId).execute()
}

/**
 * Marks all but one of the rows of an address as duplicates: what says that somebody left or may not be mailed counts, else the
 * first.
 */
export async function markDuplicates(tx: DatabaseOrTransaction, importId: number): Promise<void> {
	// the planner knows nothing yet of what has come in in one go
	await sql`analyze import_rows`.execute(tx)
	await sql`
		with placed as (
			select number, first_value(number) over (
				partition by address_hash
				order by array_position(array['complained', 'bounced', 'unsubscribed', 'active'], file_state), number
			) as kept
			from import_rows where import_id = ${importId} and outcome <> 'unusable' and address_hash in (
				select address_hash from import_rows
				where import_id = ${importId} and outcome <> 'unusable' group by 1 having count(*) > 1
			)
		)
		update import_rows r set outcome = 'duplicate' from placed
		where r.import_id = ${importId} and r.number = placed.number and placed.kept <> placed.number`.execute(tx)
}

export const noConsentDay = 'errors.import.no_consent_day'
export const consentOver = 'errors.import.consent_over'

/**
 * Takes rows out that the basis of consent does not cover, and in again that it did not cover before. `oldest`: consent of
 * before has ended by now; `over`: so has what a row says to hold until then.
 */
export async function applyBasis(
	tx: DatabaseOrTransaction,
	importId: number,
	{ needsDay, oldest, over }: { needsDay: boolean; oldest: Date | null; over: Date | null },
): Promise<void> {
	await sql`
		update import_rows set outcome = 'new', reason = null
		where import_id = ${importId} and outcome = 'unusable' and reason in (${noConsentDay}, ${consentOver})`.execute(
		tx,
	)
	if (needsDay) {
		await sql`
			update import_rows set outcome = 'unusable', reason = ${noConsentDay}
			where import_id = ${importId} and outcome = 'new' and consented_at is null`.execute(tx)
	}
	if (oldest) {
		await sql`
			update import_rows set outcome = 'unusable', reason = ${consentOver}
			where import_id = ${importId} and outcome = 'new' and consent_until is null and consented_at <= ${oldest}`.execute(
			tx,
		)
	}
	if (over) {
		await sql`
			update import_rows set outcome = 'unusable', reason = ${consentOver}
			where import_id = ${importId} and outcome = 'new' and consent_until <= ${over}`.execute(tx)
	}
}

/** How many rows came to what: the sum is the rows of the file. */
export async function countOutcomes(tx: DatabaseOrTransaction, importId: number): Promise<OutcomeCounts> {
	const { rows } = await sql<{ outcome: ImportOutcome; count: number }>`
		select outcome, count(*)::float8 as count from import_rows where import_id = ${importId} group by 1`.execute(
		tx,
	)
	return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]))
}

/** A row as staff sees it. */
export type ImportRow = {
	number: number
	line: number
	outcome: ImportOutcome
	/** A key of the string catalogs. */
	reason: string | null
	/** What of it was not heeded: words under `errors.import.remark.` in the string catalogs. */
	remarks: string[]
	/** As typed where it is unusable; null where the person was erased, or there was none. */
	address: string | null
	state: ImportedState | null
}

export async function selectRows(
	db: DatabaseOrTransaction,
	importId: number,
	{
		outcomes,
		after = 0,
		limit,
	}: { outcomes?: readonly ImportOutcome[] | undefined; after?: number | undefined; limit: number },
): Promise<ImportRow[]> {
	let query = db
		.selectFrom('import_rows')
		.select(['number', 'line', 'outcome', 'reason', 'remarks', 'address', 'file_state as state'])
		.where('import_id', '=', importId)
		.where('number', '>', after)
		.orderBy('number')
		.limit(limit)
	if (outcomes) query = query.where('outcome', 'in', outcomes)
	return (await query.execute()).map((row) => ({ ...row, remarks: row.remarks ?? [] }))
}

export type RowToCorrect = { outcome: ImportOutcome; reason: string | null }

/** Holds a row until the transaction ends. */
export async function lockRow(
	tx: DatabaseOrTransaction,
	importId: number,
	number: number,
): Promise<RowToCorrect | undefined> {
	return tx
		.selectFrom('import_rows')
		.select(['outcome', 'reason'])
		.where('import_id', '=', importId)
		.where('number', '=', number)
		.forUpdate()
		.executeTakeFirst()
}

/** Gives a row another address, and the outcome that follows from it. */
export async function setRowAddress(
	tx: DatabaseOrTransaction,
	{ importId, newsletterId, number }: { importId: number; newsletterId: number; number: number },
	{ address, comparable, hash }: { address: string; comparable: string; hash: string },
): Promise<void> {
	await sql`
		update import_rows set address = ${address}, comparable_address = ${comparable}, address_hash = ${hash}, reason = null, cells = null
		where import_id = ${importId} and number = ${number}`.execute(tx)
	await sql`
		update import_rows r set outcome = case
			when exists (
				select from import_rows other where other.import_id = ${importId} and other.address_hash = ${hash}
					and other.number <> ${number} and other.outcome not in ('unusable', 'duplicate')
			) then 'duplicate'
			else (select ${outcomeNow} from import_rows n ${joinWhatStands(newsletterId)}
				where n.import_id = ${importId} and n.number = ${number})
		end
		where r.import_id = ${importId} and r.number = ${number}`.execute(tx)
}

/** Takes a person who is erased out of the rows that are still kept. Gives how many. */
export async function stripRows(tx: DatabaseOrTransaction, addressHash: string): Promise<number> {
	const { numAffectedRows } = await sql`
		update import_rows set outcome = case when outcome = 'duplicate' then outcome else 'erased' end, address = null,
			comparable_address = null, address_hash = null, given_name = null, profile_id = null, cells = null, overwritten = null
		where address_hash = ${addressHash}`.execute(tx)
	return Number(numAffectedRows ?? 0)
}
