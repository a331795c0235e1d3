import { sql } from 'kysely'
import type { App } from '../../src/app.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { makeNewsletter, makeStory } from '../../test/support/make-newsletter.ts'

const topics = 8

/**
 * A newsletter that the first so many subscribers read, each with one of so many combinations of choices, at most 256: a set
 * of its eight topics.
 */
export async function makeVariedAudience(
	app: App,
	{ readers, combinations }: { readers: number; combinations: number },
): Promise<Newsletter> {
	const newsletter = await makeNewsletter(app, { storyLimit: 20 })
	await sql`
		insert into topics (newsletter_id, slug, position)
		select ${newsletter.id}, 'topic-' || n, n from generate_series(0, ${topics - 1}) n`.execute(app.db)
	await sql`
		insert into choice_profiles (newsletter_id, locale, all_topics, topic_ids)
		select ${newsletter.id}, 'en', false, array(
			select id from topics where newsletter_id = ${newsletter.id} and (c >> (position::int)) & 1 = 1 order by id
		)
		from generate_series(${256 - combinations}::int, 255) c`.execute(app.db)
	await sql`
		with profiles as (
			select id, row_number() over (order by id) - 1 as place from choice_profiles
			where newsletter_id = ${newsletter.id}
		)
		insert into subscriptions (newsletter_id, subscriber_id, locale, state, profile_id)
		select ${newsletter.id}, s.id, 'en', 'active', p.id
		from (select id from subscribers order by id limit ${readers}) s
		join profiles p on p.place = s.id % ${combinations}`.execute(app.db)
	await sql`analyze subscriptions`.execute(app.db)
	return newsletter
}

/** Stories for a digest of such a newsletter: two of each topic and two for everybody, so that each set has its own. */
export async function makeVariedStories(app: App, newsletter: Newsletter): Promise<void> {
	for (let story = 0; story < 2 * topics + 2; story++) {
		const id = await makeStory(app, newsletter.id, {
			title: `Story ${story}`,
			summary: 'What happened, told in full. '.repeat(70),
		})
		const own = story < 2 * topics ? [`topic-${story % topics}`] : []
		await app.db.updateTable('stories').set({ topics: own }).where('id', '=', id).execute()
	}
}
