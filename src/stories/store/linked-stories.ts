import { type Selectable, sql } from 'kysely'
import { fromRow } from '../../kernel/camel-row.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Tables } from '../../kernel/tables.ts'
import type { Story, StoryState } from '../story.ts'

export async function selectStoriesById(db: DatabaseOrTransaction, ids: readonly number[]): Promise<Story[]> {
	if (ids.length === 0) return []
	return withTranslations(
		db,
		await storyQuery(db).where('stories.id', 'in', ids).orderBy('stories.id').execute(),
	)
}

/** All stories in these groups of translations. */
export async function selectStoriesByGroup(
	db: DatabaseOrTransaction,
	groups: readonly number[],
): Promise<Story[]> {
	if (groups.length === 0) return []
	const rows = await storyQuery(db).where('translation_group', 'in', groups).orderBy('stories.id').execute()
	return withTranslations(db, rows)
}

/** A place in the list of stories: newest first, of the same time the one with the higher id. */
export type StoryPosition = { publishedAt: Date; id: number }

export async function selectStories(
	db: DatabaseOrTransaction,
	filter: { newsletterId: number; locale?: Locale; state?: StoryState; after?: StoryPosition; limit: number },
): Promise<Story[]> {
	let query = storyQuery(db).where('newsletter_id', '=', filter.newsletterId)
	if (filter.locale !== undefined) query = query.where('locale', '=', filter.locale)
	if (filter.state !== undefined) query = query.where(stateOfStory, '=', filter.state)
	if (filter.after) {
		const { publishedAt, id } = filter.after
		query = query.where((eb) => eb(eb.refTuple('published_at', 'stories.id'), '<', eb.tuple(publishedAt, id)))
	}
	const rows = await query
		.orderBy('published_at', 'desc')
		.orderBy('stories.id', 'desc')
		.limit(filter.limit)
		.execute()
	return withTranslations(db, rows)
}

const stateOfStory = sql<StoryState>`case
	when hidden_at is not null then 'hidden'
	when exists (select from variant_stories where variant_stories.story_id = stories.id) then 'mailed'
	when backlog then 'backlog'
	else 'new' end`

function storyQuery(db: DatabaseOrTransaction) {
	return db.selectFrom('stories').selectAll('stories').select(stateOfStory.as('state'))
}

async function withTranslations(
	db: DatabaseOrTransaction,
	rows: ReadonlyArray<Selectable<Tables['stories']> & { state: StoryState }>,
): Promise<Story[]> {
	const groups = [...new Set(rows.flatMap(({ translation_group }) => translation_group ?? []))]
	const linked =
		groups.length === 0
			? []
			: await db
					.selectFrom('stories')
					.select(['id', 'locale', 'translation_group'])
					.where('translation_group', 'in', groups)
					.orderBy('locale')
					.execute()
	return rows.map((row) => {
		const others = linked.filter(
			(one) => one.translation_group === row.translation_group && one.id !== row.id,
		)
		const translations = others.map(({ id, locale }) => ({ id, locale }))
		return { ...fromRow(row), translations }
	})
}
