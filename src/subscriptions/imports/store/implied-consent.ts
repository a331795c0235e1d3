import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'

/** Ends up to `limit` subscriptions whose implied consent is over by now, with a receipt each. Gives how many. */
export async function endConsentOver(
	db: DatabaseOrTransaction,
	{ now, limit }: { now: Date; limit: number },
): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		with over as materialized (
			select id from subscriptions where consent_until <= ${now} and state = 'active'
			order by id limit ${limit} for update skip locked
		), ended as (
			update subscriptions s set state = 'unsubscribed', unsubscribed_at = ${now}::timestamptz, updated_at = ${now}::timestamptz
			from over where s.id = over.id
			returning s.id, s.locale, s.import_id, s.consent_until
		), expired as (
			update confirmations c set expires_at = ${now}::timestamptz
			from over where c.subscription_id = over.id and c.used_at is null and c.expires_at > ${now}
		), proven as (
			insert into consent_receipts (subscription_id, action, locale, page, choices, at)
			select id, 'unsubscribed', locale, 'staff: the consent of import ' || import_id || ' is over',
				jsonb_build_object('until', consent_until), ${now}::timestamptz
			from ended
		)
		select count(*)::float8 as count from ended`.execute(db)
	return rows[0]?.count ?? 0
}
