import { type RawBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import { type ChoiceCount, joinMailability, whyNotMailed } from '../../../subscriptions/index.ts'

/** Whether the reader of a delivery `d` has the digest, or may have it. */
const hasIt: RawBuilder<boolean> = sql`d.state in ('accepted', 'in_doubt')`

/** Whether the subscription `s` has a digest, or may have it. */
export function hasDigest(digestId: number): RawBuilder<boolean> {
	return sql`exists (select 1 from deliveries d where d.digest_id = ${digestId} and d.subscription_id = s.id and ${hasIt})`
}

/** Counts those who have a digest, or may have it, by choices, as `countByChoices` does all. */
export async function countWhoHas(db: DatabaseOrTransaction, digestId: number): Promise<ChoiceCount[]> {
	const { rows } = await sql<ChoiceCount>`
		select s.profile_id as "profileId", s.locale, ${whyNotMailed} as reason, count(*)::float8 as count
		from deliveries d
		join subscriptions s on s.id = d.subscription_id
		${joinMailability}
		where d.digest_id = ${digestId} and ${hasIt}
		group by 1, 2, 3`.execute(db)
	return rows
}
