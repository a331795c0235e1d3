import { type ExpressionBuilder, type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { SourceState } from '../kernel/enumerations.ts'
import type { Locale } from '../kernel/messages.ts'
import type { Tables } from '../kernel/tables.ts'
import type { SourceUpdate } from './decide-after-poll.ts'
import type { IncomingStory } from './incoming-story.ts'
import type { KnownStory } from './match-stories.ts'
import type { PolledSource, Source, SourceProblem } from './source.ts'
import type { Story, StoryState } from './story.ts'

type SourceRow = Selectable<Tables['sources']>
type StoryRow = Selectable<Tables['stories']>

/** Gives the new source, or undefined where the newsletter has one with this URL. */
export async function insertSource(
	db: DatabaseOrTransaction,
	source: Pick<Source, 'newsletterId' | 'url' | 'locale' | 'topics' | 'includeLatest' | 'createdAt'>,
): Promise<Source | undefined> {
	const row = await db
		.insertInto('sources')
		.values({
			newsletter_id: source.newsletterId,
			url: source.url,
			locale: source.locale,
			topics: source.topics,
			include_latest: source.includeLatest,
			next_poll_at: source.createdAt,
			created_at: source.createdAt,
		})
		.onConflict((conflict) => conflict.columns(['newsletter_id', 'url']).doNothing())
		.returningAll()
		.executeTakeFirst()
	return row && toPolledSource(row)
}

/** In the order they were added. */
export async function selectSources(
	db: DatabaseOrTransaction,
	by: { newsletterId: number } | { id: number },
): Promise<Source[]> {
	const query = db.selectFrom('sources').selectAll().orderBy('id')
	const found =
		'id' in by ? query.where('id', '=', by.id) : query.where('newsletter_id', '=', by.newsletterId)
	return (await found.execute()).map(toPolledSource)
}

/** How many sources there are in each state, and how many of them could not be read when last polled. */
export async function countSources(
	db: DatabaseOrTransaction,
): Promise<Array<{ state: SourceState; count: number; failing: number }>> {
	const { rows } = await sql<{ state: SourceState; count: number; failing: number }>`
		select state, count(*)::float8 as count, count(*) filter (where failures > 0)::float8 as failing
		from sources group by state`.execute(db)
	return rows
}

/** The longest that a source which is well, and any other, can wait for its next poll. */
export type LongestWaits = { wellSeconds: number; otherSeconds: number }

/** Due, or put off for longer than is ever done: by a clock that was ahead then. */
function isDue(now: Date, { wellSeconds, otherSeconds }: LongestWaits) {
	return sql<boolean>`(next_poll_at <= ${now} or next_poll_at > ${now}::timestamptz
		+ make_interval(secs => case when problem is null then ${wellSeconds}::float8 else ${otherSeconds}::float8 end))`
}

export async function selectDueSources(
	db: DatabaseOrTransaction,
	now: Date,
	waits: LongestWaits,
	limit: number,
): Promise<number[]> {
	const rows = await db
		.selectFrom('sources')
		.select('id')
		.where('state', '=', 'active')
		.where(isDue(now, waits))
		.orderBy('next_poll_at')
		.limit(limit)
		.execute()
	return rows.map(({ id }) => id)
}

/** Puts the next poll off to `until` and gives the source, if it is due: of two who ask at once one gets it. */
export async function claimDueSource(
	db: DatabaseOrTransaction,
	id: number,
	now: Date,
	waits: LongestWaits,
	until: Date,
): Promise<PolledSource | undefined> {
	const row = await db
		.updateTable('sources')
		.set({ next_poll_at: until })
		.where('id', '=', id)
		.where('state', '=', 'active')
		.where(isDue(now, waits))
		.returningAll()
		.executeTakeFirst()
	return row && toPolledSource(row)
}
/** The source with this id, held until the end of the transaction. */
export async function lockSource(db: DatabaseOrTransaction, id: number): Promise<PolledSource | undefined> {
	const row = await db.selectFrom('sources').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
	return row && toPolledSource(row)
}

/** Changes a source; a URL that another source of the newsletter has is left out. Gives whether the URL was free. */
export async function updateSource(
	db: DatabaseOrTransaction,
	source: Source,
	{ url, ...changes }: SourceUpdate,
): Promise<boolean> {
	const isFree = url === undefined || url === source.url || !(await hasUrl(db, source, url))
	const columns = toSourceColumns(isFree ? { ...changes, url } : changes)
	if (Object.values(columns).some((value) => value !== undefined)) {
		await db.updateTable('sources').set(columns).where('id', '=', source.id).execute()
	}
	return isFree
}

async function hasUrl(db: DatabaseOrTransaction, { newsletterId }: Source, url: string): Promise<boolean> {
	const query = db.selectFrom('sources').select('id').where('newsletter_id', '=', newsletterId)
	return (await query.where('url', '=', url).executeTakeFirst()) !== undefined
}

export async function deleteSource(db: DatabaseOrTransaction, id: number): Promise<void> {
	await db.deleteFrom('sources').where('id', '=', id).execute()
}

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
export type KnownStoryRow = KnownStory &
	Pick<Story, 'title' | 'summary' | 'link' | 'imageUrl' | 'imageAlt' | 'author' | 'categories' | 'editedAt'>

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
	return rows.map((row) => ({
		...toTexts(row),
		id: row.id,
		sourceId: row.source_id,
		externalId: row.external_id,
		linkKey: row.link_key,
		locale: row.locale,
		publishedAt: row.published_at,
	}))
}

/** A story before it has an id. */
export type NewStory = Omit<Story, 'id' | 'state' | 'editedAt' | 'translations'> & {
	externalId: string | null
	linkKey: string | null
	backlog: boolean
}

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
			.values(stories.slice(start, start + 100).map(toStoryColumns))
			.returning('id')
			.execute()
		ids.push(...rows.map(({ id }) => id))
	}
	return ids
}

/** What may be changed of a story. */
export type StoryUpdate = Partial<
	Pick<Story, 'title' | 'summary' | 'link' | 'imageUrl' | 'imageAlt' | 'author' | 'categories' | 'topics'> &
		Pick<Story, 'publishedAt' | 'editedAt'> &
		Pick<NewStory, 'sourceId' | 'externalId' | 'linkKey' | 'backlog'> & {
			hiddenAt: Date | null
			translationGroup: number | null
		}
>

export async function updateStory(
	db: DatabaseOrTransaction,
	id: number,
	changes: StoryUpdate,
): Promise<void> {
	if (Object.keys(changes).length === 0) return
	await db.updateTable('stories').set(toStoryUpdate(changes)).where('id', '=', id).execute()
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

/** A story with what links its translations. */
export type LinkedStory = Story & { translationGroup: number | null }

export async function selectStoriesById(
	db: DatabaseOrTransaction,
	ids: readonly number[],
): Promise<LinkedStory[]> {
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
): Promise<LinkedStory[]> {
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
		eb.selectFrom('digest_stories').select('story_id').whereRef('digest_stories.story_id', '=', 'stories.id'),
	)
}

const stateOfStory = sql<StoryState>`case
	when hidden_at is not null then 'hidden'
	when exists (select from digest_stories where digest_stories.story_id = stories.id) then 'mailed'
	when backlog then 'backlog'
	else 'new' end`

function storyQuery(db: DatabaseOrTransaction) {
	return db.selectFrom('stories').selectAll('stories').select(stateOfStory.as('state'))
}

async function withTranslations(
	db: DatabaseOrTransaction,
	rows: ReadonlyArray<StoryRow & { state: StoryState }>,
): Promise<LinkedStory[]> {
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
		return { ...toStory(row), translationGroup: row.translation_group, translations }
	})
}

function toStory(row: StoryRow & { state: StoryState }): Omit<Story, 'translations'> {
	return {
		...toTexts(row),
		id: row.id,
		newsletterId: row.newsletter_id,
		sourceId: row.source_id,
		locale: row.locale,
		state: row.state,
		topics: row.topics,
		publishedAt: row.published_at,
		firstSeenAt: row.first_seen_at,
	}
}

function toTexts(row: StoryRow) {
	return {
		title: row.title,
		summary: row.summary,
		link: row.link,
		imageUrl: row.image_url,
		imageAlt: row.image_alt,
		author: row.author,
		categories: row.categories,
		editedAt: row.edited_at,
	}
}

function toStoryColumns(story: NewStory): Insertable<Tables['stories']> {
	return {
		newsletter_id: story.newsletterId,
		source_id: story.sourceId,
		external_id: story.externalId,
		link: story.link,
		link_key: story.linkKey,
		locale: story.locale,
		title: story.title,
		summary: story.summary,
		image_url: story.imageUrl,
		image_alt: story.imageAlt,
		author: story.author,
		categories: story.categories,
		topics: story.topics,
		published_at: story.publishedAt,
		first_seen_at: story.firstSeenAt,
		backlog: story.backlog,
	}
}

// Kysely leaves out what is undefined
function toStoryUpdate(changes: StoryUpdate): Updateable<Tables['stories']> {
	return {
		source_id: changes.sourceId,
		external_id: changes.externalId,
		link: changes.link,
		link_key: changes.linkKey,
		title: changes.title,
		summary: changes.summary,
		image_url: changes.imageUrl,
		image_alt: changes.imageAlt,
		author: changes.author,
		categories: changes.categories,
		topics: changes.topics,
		published_at: changes.publishedAt,
		backlog: changes.backlog,
		hidden_at: changes.hiddenAt,
		edited_at: changes.editedAt,
		translation_group: changes.translationGroup,
	}
}

function toSourceColumns(changes: SourceUpdate): Updateable<Tables['sources']> {
	return {
		url: changes.url,
		locale: changes.locale,
		topics: changes.topics,
		state: changes.state,
		include_latest: changes.includeLatest,
		etag: changes.etag,
		last_modified: changes.lastModified,
		moved_to: changes.movedTo,
		moved_times: changes.movedTimes,
		next_poll_at: changes.nextPollAt,
		last_polled_at: changes.lastPolledAt,
		first_read_at: changes.firstReadAt,
		failures: changes.failures,
		problem: changes.problem,
		problem_detail: changes.problemDetail,
		unread_date: changes.unreadDate,
	}
}

function toPolledSource(row: SourceRow): PolledSource {
	return {
		id: row.id,
		newsletterId: row.newsletter_id,
		url: row.url,
		locale: row.locale,
		topics: row.topics,
		state: row.state,
		includeLatest: row.include_latest,
		nextPollAt: row.next_poll_at,
		lastPolledAt: row.last_polled_at,
		firstReadAt: row.first_read_at,
		failures: row.failures,
		problem: row.problem as SourceProblem | null,
		problemDetail: row.problem_detail,
		unreadDate: row.unread_date,
		createdAt: row.created_at,
		etag: row.etag,
		lastModified: row.last_modified,
		movedTo: row.moved_to,
		movedTimes: row.moved_times,
	}
}
