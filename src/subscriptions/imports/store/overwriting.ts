import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import { type Adding, pageOf } from './adding.ts'

/**
 * Gives readers who were here already the names that the file has for them, with a receipt each: only readers of the
 * newsletter, and nobody loses a name. What they had is kept with the row. Persons are held before their subscriptions.
 */
export async function overwriteNames(tx: DatabaseOrTransaction, adding: Adding): Promise<void> {
	await sql`
		with wanted as materialized (
			select s.id, s.locale, r.number, p.id as person_id, p.given_name as was, r.given_name as becomes
			from import_rows r
			join subscribers p on p.comparable_address = r.comparable_address
			join subscriptions s on s.newsletter_id = ${adding.newsletterId} and s.subscriber_id = p.id
			where r.import_id = ${adding.importId} and r.number > ${adding.from} and r.number <= ${adding.to}
				and r.outcome in ('known', 'changed') and s.state <> 'unsubscribed'
				and r.given_name is not null and r.given_name is distinct from p.given_name
			order by p.id for update of p
		), named as (
			update subscribers p set given_name = w.becomes from wanted w where p.id = w.person_id
			returning w.id, w.locale, w.number, w.was
		), proven as (
			insert into consent_receipts (subscription_id, action, locale, page, at)
			select id, 'named', locale, ${pageOf(adding)}, ${adding.now}::timestamptz from named
		)
		update import_rows r set outcome = 'changed',
			overwritten = coalesce(r.overwritten, '{}') || jsonb_build_object('givenName', named.was)
		from named where r.import_id = ${adding.importId} and r.number = named.number`.execute(tx)
}

/** Gives readers who were here already the language and choices that the file has for them, as `overwriteNames` does. */
export async function overwriteChoices(tx: DatabaseOrTransaction, adding: Adding): Promise<void> {
	await sql`
		with wanted as materialized (
			select s.id, r.number, coalesce(c.locale, r.locale) as locale, r.profile_id, s.locale as locale_was,
				s.profile_id as profile_was
			from import_rows r
			join subscribers p on p.comparable_address = r.comparable_address
			join subscriptions s on s.newsletter_id = ${adding.newsletterId} and s.subscriber_id = p.id
			left join choice_profiles c on c.id = r.profile_id
			where r.import_id = ${adding.importId} and r.number > ${adding.from} and r.number <= ${adding.to}
				and r.outcome in ('known', 'changed') and s.state <> 'unsubscribed' and (
					r.profile_id is not null and r.profile_id is distinct from s.profile_id
					or r.profile_id is null and r.locale is not null and r.locale <> s.locale
				)
			order by s.id for update of s
		), chosen as (
			update subscriptions s set locale = w.locale, profile_id = w.profile_id, choices_version = choices_version + 1,
				choices_changed_at = ${adding.now}::timestamptz, updated_at = ${adding.now}::timestamptz
			from wanted w where s.id = w.id
			returning s.id, s.locale, w.number, w.profile_id, s.choices_version, w.locale_was, w.profile_was
		), proven as (
			insert into consent_receipts (subscription_id, action, locale, page, choices, at)
			select d.id, 'chosen', d.locale, ${pageOf(adding)}, ${choicesOf}, ${adding.now}::timestamptz
			from chosen d left join choice_profiles c on c.id = d.profile_id
		)
		update import_rows r set outcome = 'changed', overwritten = coalesce(r.overwritten, '{}') || jsonb_build_object(
			'choices', jsonb_build_object(
				'locale', chosen.locale_was, 'profileId', chosen.profile_was, 'version', chosen.choices_version
			)
		)
		from chosen where r.import_id = ${adding.importId} and r.number = chosen.number`.execute(tx)
}

/** The choices of a reader `d` of profile `c`, as receipts have them. */
export const choicesOf = sql`jsonb_build_object(
	'locale', d.locale, 'allTopics', coalesce(c.all_topics, true), 'rhythm', coalesce(c.rhythm, 'each'), 'topics', (
		select coalesce(jsonb_agg(t.slug order by t.slug), '[]') from topics t where t.id = any(c.topic_ids)
	)
)`
