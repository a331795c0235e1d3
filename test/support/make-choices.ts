import { sql } from 'kysely'
import type { App } from '../../src/app.ts'
import type { Rhythm, UntranslatedRule } from '../../src/kernel/enumerations.ts'

type Parts = Pick<App, 'db' | 'clock'>

/** A topic of a newsletter; gives its id. */
export async function makeTopic(app: Parts, newsletterId: number, slug: string): Promise<number> {
	const { id } = await app.db
		.insertInto('topics')
		.values({ newsletter_id: newsletterId, slug, position: 1 })
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

export type NewChoices = {
	locale?: string
	/** Ids; all and those to come where none are given. */
	topicIds?: readonly number[] | undefined
	/** Makes `topicIds` those that are left out of all. */
	newTopics?: boolean
	untranslated?: UntranslatedRule | null
	rhythm?: Rhythm
}

/** Gives a reader choices, as of now. */
export async function makeChoices(
	app: Parts,
	subscriptionId: number,
	{
		locale = 'en',
		topicIds,
		newTopics = topicIds === undefined,
		untranslated = null,
		rhythm = 'each',
	}: NewChoices,
): Promise<void> {
	const { newsletterId } = await app.db
		.selectFrom('subscriptions')
		.select('newsletter_id as newsletterId')
		.where('id', '=', subscriptionId)
		.executeTakeFirstOrThrow()
	const ids = (topicIds ?? []).toSorted((a, b) => a - b)
	await sql`
		insert into choice_profiles (newsletter_id, locale, all_topics, topic_ids, untranslated, rhythm)
		values (${newsletterId}, ${locale}, ${newTopics}, ${ids}::bigint[], ${untranslated}, ${rhythm})
		on conflict do nothing`.execute(app.db)
	await sql`
		update subscriptions s set locale = p.locale, profile_id = p.id, choices_version = choices_version + 1,
			choices_changed_at = ${app.clock.now()}
		from choice_profiles p
		where s.id = ${subscriptionId} and p.newsletter_id = ${newsletterId} and p.locale = ${locale}
			and p.all_topics = ${newTopics} and p.topic_ids = ${ids}::bigint[]
			and p.untranslated is not distinct from ${untranslated}::text and p.rhythm = ${rhythm}`.execute(app.db)
}

/** Stops mail to a reader until a time. */
export async function pauseReader(app: Parts, subscriptionId: number, until: Date): Promise<void> {
	await app.db
		.updateTable('subscriptions')
		.set({ paused_until: until })
		.where('id', '=', subscriptionId)
		.execute()
}

/** Gives a story topics, by slug. */
export async function giveTopics(app: Parts, storyId: number, topics: readonly string[]): Promise<void> {
	await app.db
		.updateTable('stories')
		.set({ topics: [...topics] })
		.where('id', '=', storyId)
		.execute()
}
