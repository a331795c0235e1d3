import { type RawBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'

/** Whether the profile `chosen` is that of readers who chose nothing: all topics, by the newsletter's rule. */
export const isUsualProfile: RawBuilder<boolean> = sql`(chosen.all_topics and chosen.topic_ids = '{}' and chosen.untranslated is null)`

/**
 * Joins the profile that a subscription `s` without one of its own has, as `usual`: all topics, by the newsletter's rule,
 * in its language.
 */
export const joinUsualProfile: RawBuilder<unknown> = sql`
	left join choice_profiles usual on s.profile_id is null and usual.newsletter_id = s.newsletter_id
		and usual.locale = s.locale and usual.all_topics and usual.topic_ids = '{}' and usual.untranslated is null and usual.rhythm = 'each'`

/** Makes the profiles of readers who chose nothing but, maybe, a rhythm, one a language, where they are missing. */
export async function addUsualProfiles(
	tx: DatabaseOrTransaction,
	newsletterId: number,
	locales: readonly Locale[],
	rhythm: Rhythm = 'each',
): Promise<void> {
	await tx
		.insertInto('choice_profiles')
		.values(locales.map((locale) => ({ newsletter_id: newsletterId, locale, all_topics: true, rhythm })))
		.onConflict((conflict) => conflict.doNothing())
		.execute()
}
