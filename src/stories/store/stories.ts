import { type ExpressionBuilder, type Insertable, sql, type Updateable } from 'kysely'
import { fromRow, toRow } from '../../kernel/camel-row.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Tables } from '../../kernel/tables.ts'
import type { IncomingStory } from '../incoming-story.ts'
import type { Source } from '../source.ts'
import type { Story } from '../story.ts'

/** Deletes the stories of a source that no digest has taken and staff have not edited. */
export async function deleteUntouchedStories(db: DatabaseOrTransaction, sourceId: number): Promise<void> {
	await db
		.deleteFrom('stories')
		.where('source_id', '=', sourceId)
		.where('edited_at', 'is', null)
		.where((eb) => eb.not(isMailed(eb)))
		.execute()
}

/** Gives the language of a source to those of its stories that no digest has taken and that have no translation. */
export async function updateUnmailedLocale(
	db: DatabaseOrTransaction,
	sourceId: number,
	locale: Locale,
): Promise<void> {
	await db
		.updateTable('stories')
		.set({ locale })
		.where('source_id', '=', sourceId)
		.where('translation_group', 'is', null)
		.where((eb) => eb.not(isMailed(eb)))
		.execute()
}

/** What a feed's items are compared with. */
export type KnownStoryRow = Omit<Story, 'state' | 'translations'>

/** The stories of the newsletter that have an id or a link of these, or are of this source and have their title. */
export async function selectKnownStories(
	db: DatabaseOrTransaction,
	{ id: sourceId, newsletterId }: Source,
	incoming: readonly IncomingStory[],
): Promise<KnownStoryRow[]> {
	const ids = incoming.flatMap(({ externalId, textId }) => [externalId ?? textId, textId])
	const titles = incoming.map(({ title }) => title)
	const keys = incoming.flatMap(({ linkKey }) => linkKey ?? [])
	const rows = await db
		.selectFrom('stories')
		.selectAll()
		.where('newsletter_id', '=', newsletterId)
		// arrays, not lists: a feed of 500 items would make a statement of 1,000 parameters
		.where(({ or, and, eb }) =>
			or([
				eb('external_id', '=', sql<string>`any(${ids}::text[])`),
				eb('link_key', '=', sql<string>`any(${keys}::text[])`),
				and([eb('source_id', '=', sourceId), eb('title', '=', sql<string>`any(${titles}::text[])`)]),
			]),
		)
		.orderBy('id')
		.execute()
	return rows.map(fromRow)
}

/** A story before it has an id. */
export type NewStory = Omit<
	KnownStoryRow,
	'id' | 'editedAt' | 'hiddenAt' | 'translationGroup' | 'topicsChosenAt'
> &
	Partial<Pick<KnownStoryRow, 'topicsChosenAt'>>

/** Gives the ids, in the order of the stories. */
export async function insertStories(
	db: DatabaseOrTransaction,
	stories: readonly NewStory[],
): Promise<number[]> {
	const ids: number[] = []
	// 100 at a time: PostgreSQL takes 65,535 parameters a statement
	for (let start = 0; start < stories.length; start += 100) {
		const rows = await db
			.insertInto('stories')
			.values(stories.slice(start, start + 100).map((story) => toRow<Insertable<Tables['stories']>>(story)))
			.returning('id')
			.execute()
		ids.push(...rows.map(({ id }) => id))
	}
	return ids
}

/** What may be changed of a story. */
export type StoryUpdate = Partial<Omit<KnownStoryRow, 'id' | 'newsletterId' | 'locale' | 'firstSeenAt'>>

export async function updateStory(
	db: DatabaseOrTransaction,
	id: number,
	changes: StoryUpdate,
): Promise<void> {
	if (Object.keys(changes).length === 0) return
	await db
		.updateTable('stories')
		.set(toRow<Updateable<Tables['stories']>>(changes))
		.where('id', '=', id)
		.execute()
}

/** The story of a newsletter and language with this link, if there is one. */
export async function selectStoryByLink(
	db: DatabaseOrTransaction,
	by: { newsletterId: number; locale: Locale; linkKey: string },
): Promise<number | undefined> {
	const row = await db
		.selectFrom('stories')
		.select('id')
		.where('newsletter_id', '=', by.newsletterId)
		.where('locale', '=', by.locale)
		.where('link_key', '=', by.linkKey)
		.executeTakeFirst()
	return row?.id
}

/** Ends groups of which only one story is left. */
export async function dissolveLoneGroups(db: DatabaseOrTransaction, newsletterId: number): Promise<void> {
	await db
		.updateTable('stories')
		.set({ translation_group: null })
		.where('newsletter_id', '=', newsletterId)
		.where('translation_group', 'in', (eb) =>
			eb
				.selectFrom('stories')
				.select('translation_group')
				.where('newsletter_id', '=', newsletterId)
				.where('translation_group', 'is not', null)
				.groupBy('translation_group')
				.having((having) => having.fn.countAll(), '=', 1),
		)
		.execute()
}

function isMailed(eb: ExpressionBuilder<Tables, 'stories'>) {
	return eb.exists(
		eb
			.selectFrom('variant_stories')
			.select('story_id')
			.whereRef('variant_stories.story_id', '=', 'stories.id'),
	)
}
