import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Rhythm } from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { joinMailability, type WhyNotMailed, whyNotMailed } from '../../../subscriptions/index.ts'

/** A reader of a newsletter by what decides on their digest; `profileId` null: they chose nothing. */
export type OneReader = {
	subscriptionId: number
	profileId: number | null
	locale: Locale
	rhythm: Rhythm
	why: WhyNotMailed | null
}

/** Undefined where the person has never signed up to the newsletter. */
export async function selectOneReader(
	db: DatabaseOrTransaction,
	{ newsletterId, subscriberId }: { newsletterId: number; subscriberId: number },
): Promise<OneReader | undefined> {
	const { rows } = await sql<OneReader>`
		select s.id::float8 as "subscriptionId", s.profile_id::float8 as "profileId", s.locale,
			coalesce(c.rhythm, 'each') as rhythm, ${whyNotMailed} as why
		from subscriptions s
		${joinMailability}
		left join choice_profiles c on c.id = s.profile_id
		where s.newsletter_id = ${newsletterId} and s.subscriber_id = ${subscriberId}`.execute(db)
	return rows[0]
}
