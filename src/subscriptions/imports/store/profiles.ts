import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Rhythm, UntranslatedRule } from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'

/** The id of a profile of choices, made where there is none. */
export async function putProfile(
	db: DatabaseOrTransaction,
	newsletterId: number,
	{
		locale,
		allTopics,
		topicIds,
		rhythm,
		untranslated,
	}: {
		locale: Locale
		allTopics: boolean
		topicIds: readonly number[]
		rhythm: Rhythm
		untranslated: UntranslatedRule | null
	},
): Promise<number> {
	const ids = sql`${[...topicIds]}::bigint[]`
	await sql`
		insert into choice_profiles (newsletter_id, locale, all_topics, topic_ids, untranslated, rhythm)
		values (${newsletterId}, ${locale}, ${allTopics}, ${ids}, ${untranslated}, ${rhythm})
		on conflict do nothing`.execute(db)
	const { rows } = await sql<{ id: number }>`
		select id from choice_profiles where newsletter_id = ${newsletterId} and locale = ${locale}
			and all_topics = ${allTopics} and topic_ids = ${ids} and untranslated is not distinct from ${untranslated}::text and rhythm = ${rhythm}`.execute(
		db,
	)
	const [row] = rows
	if (!row) throw new Error('a profile was neither found nor made')
	return row.id
}
