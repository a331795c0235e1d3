import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { ImportBasis } from '../../../kernel/tables/imports.ts'
import { pageOf, type RowRange } from './adding.ts'
import { choicesOf } from './overwriting.ts'

type Restoring = RowRange & { newsletterId: number; basis: ImportBasis; now: Date }

/** Where a receipt says that it was, of what taking an import back restores. */
const backPage = ({ importId }: RowRange) => `import ${importId} (taken back)`

/** Receipts `c` of imports that were taken back: each undoes the one of its import, and what was before stands again. */
const isBack = sql`c.page like 'import % (taken back)'`

/**
 * Gives readers back what an import overwrote in a range of rows, with a receipt each, but for what they or staff have changed since.
 * Their persons are held.
 */
export async function restoreOverwritten(tx: DatabaseOrTransaction, restoring: Restoring): Promise<void> {
	await restoreNames(tx, restoring)
	await restoreChoices(tx, restoring)
	await sql`
		update import_rows set outcome = 'known'
		where import_id = ${restoring.importId} and number > ${restoring.from} and number <= ${restoring.to}
			and outcome = 'changed' and overwritten = '{}'`.execute(tx)
}

/**
 * A name that was changed and changed back is as its owner wants it: receipts tell, in whichever newsletter. Later imports that were taken
 * back have changed nothing.
 */
async function restoreNames(tx: DatabaseOrTransaction, restoring: Restoring): Promise<void> {
	await sql`
		with wanted as materialized (
			select r.number, r.overwritten ->> 'givenName' as was, p.id as person_id, s.id, s.locale
			from import_rows r
			join subscribers p on p.comparable_address = r.comparable_address and p.given_name = r.given_name
			join subscriptions s on s.newsletter_id = ${restoring.newsletterId} and s.subscriber_id = p.id
			where r.import_id = ${restoring.importId} and r.number > ${restoring.from} and r.number <= ${restoring.to}
				and r.overwritten -> 'givenName' is not null and (
					select count(*) = 2 * count(*) filter (where ${isBack}) from subscriptions o join consent_receipts c on c.subscription_id = o.id
					where o.subscriber_id = p.id and c.action = 'named' and c.id > (
						select max(mine.id) from consent_receipts mine
						where mine.subscription_id = s.id and mine.action = 'named' and mine.page = ${pageOf(restoring)}
					)
				)
		), named as (
			update subscribers p set given_name = w.was from wanted w where p.id = w.person_id
			returning w.id, w.locale, w.number
		), proven as (
			insert into consent_receipts (subscription_id, action, locale, page, at)
			select id, 'named', locale, ${backPage(restoring)}, ${restoring.now}::timestamptz from named
		)
		update import_rows r set overwritten = r.overwritten - 'givenName'
		from named where r.import_id = ${restoring.importId} and r.number = named.number`.execute(tx)
}

/** Each change of choices counts their version up; a later import that was taken back did so twice. */
async function restoreChoices(tx: DatabaseOrTransaction, restoring: Restoring): Promise<void> {
	await sql`
		with wanted as materialized (
			select r.number, r.overwritten -> 'choices' ->> 'locale' as locale,
				(r.overwritten -> 'choices' ->> 'profileId')::bigint as profile_id, s.id
			from import_rows r
			join subscribers p on p.comparable_address = r.comparable_address
			join subscriptions s on s.newsletter_id = ${restoring.newsletterId} and s.subscriber_id = p.id
			where r.import_id = ${restoring.importId} and r.number > ${restoring.from} and r.number <= ${restoring.to}
				and s.state <> 'unsubscribed' and s.choices_version = (r.overwritten -> 'choices' ->> 'version')::int + 2 * (
					select count(*) from consent_receipts c
					where c.subscription_id = s.id and c.action = 'chosen' and ${isBack} and c.id > (
						select max(mine.id) from consent_receipts mine
						where mine.subscription_id = s.id and mine.action = 'chosen' and mine.page = ${pageOf(restoring)}
					)
				)
			order by s.id for update of s
		), chosen as (
			update subscriptions s set locale = w.locale, profile_id = w.profile_id, choices_version = choices_version + 1,
				choices_changed_at = ${restoring.now}::timestamptz, updated_at = ${restoring.now}::timestamptz
			from wanted w where s.id = w.id
			returning s.id, s.locale, s.profile_id, w.number
		), proven as (
			insert into consent_receipts (subscription_id, action, locale, page, choices, at)
			select d.id, 'chosen', d.locale, ${backPage(restoring)}, ${choicesOf}, ${restoring.now}::timestamptz
			from chosen d left join choice_profiles c on c.id = d.profile_id
		)
		update import_rows r set overwritten = r.overwritten - 'choices'
		from chosen where r.import_id = ${restoring.importId} and r.number = chosen.number`.execute(tx)
}
