import { type SelectQueryBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { ArchivedStory } from '../../../kernel/tables/digests.ts'
import type { Tables } from '../../../kernel/tables.ts'
import type { ArchivePage, ListedPage, PageLink, WholePage } from '../page.ts'

export type NewPage = {
	digestId: number
	newsletterId: number
	locale: Locale
	name: string
	day: string
	title: string
	preheader: string
	introduction: string | null
	stories: readonly ArchivedStory[]
}

/** Which archive: a newsletter's in one of its languages. */
export type WhichArchive = { newsletterId: number; locale: Locale }

export async function insertPage(tx: DatabaseOrTransaction, page: NewPage): Promise<void> {
	const { stories } = page
	await tx
		.insertInto('archive_pages')
		.values({
			digest_id: page.digestId,
			newsletter_id: page.newsletterId,
			locale: page.locale,
			name: page.name,
			day: page.day,
			preheader: page.preheader,
			...toWords(page),
			picture: pictureOf(stories),
		})
		.execute()
}

/** What can be mended of a page, as columns. */
export function toWords({
	title,
	introduction,
	stories,
}: Pick<NewPage, 'title' | 'introduction' | 'stories'>) {
	const titles = stories.map((story) => story.title)
	return { title, introduction, stories: JSON.stringify(stories), story_titles: titles }
}

function pictureOf(stories: readonly ArchivedStory[]): string | null {
	const found = stories.find(({ picture }) => picture)?.picture
	return found ? JSON.stringify(found) : null
}

/** The names that begin with a day, and are given. */
export async function selectTakenNames(
	tx: DatabaseOrTransaction,
	{ newsletterId, locale, day }: WhichArchive & { day: string },
): Promise<Set<string>> {
	const rows = await tx
		.selectFrom('archive_pages')
		.select('name')
		.where('newsletter_id', '=', newsletterId)
		.where('locale', '=', locale)
		.where('name', '>=', day)
		.where('name', '<', `${day}~`)
		.execute()
	return new Set(rows.map(({ name }) => name))
}

/**
 * Publishes the pages of a digest that is completed, and those of the digest that it corrects, which no list shows; as of when it
 * was completed.
 */
export async function publishPages(tx: DatabaseOrTransaction, digestId: number): Promise<void> {
	const at = tx.selectFrom('digests').select('completed_at').where('id', '=', digestId)
	const completed = (column: 'id' | 'corrects') =>
		tx.selectFrom('digests').select(column).where('id', '=', digestId).where('state', '=', 'completed')
	const unpublished = tx.updateTable('archive_pages').where('published_at', 'is', null)
	await unpublished.set({ published_at: at }).where('digest_id', 'in', completed('id')).execute()
	await unpublished
		.set({ published_at: at, listed: false })
		.where('digest_id', 'in', completed('corrects'))
		.execute()
}

type Pages = SelectQueryBuilder<Tables, 'archive_pages', object>

function listed(db: DatabaseOrTransaction, { newsletterId, locale }: WhichArchive): Pages {
	return db
		.selectFrom('archive_pages')
		.where('archive_pages.newsletter_id', '=', newsletterId)
		.where('locale', '=', locale)
		.where('published_at', 'is not', null)
		.where('left_out_at', 'is', null)
		.where('listed', '=', true)
}

const head = [
	'name',
	'day',
	'title',
	'story_titles as storyTitles',
	'picture',
	'digests.kind as kind',
	'digests.corrects as corrects',
	'published_at as publishedAt',
	'corrected_at as correctedAt',
] as const

/** The newest first. */
export async function selectListed(
	db: DatabaseOrTransaction,
	{ year, offset, limit, ...which }: WhichArchive & { year?: string; offset: number; limit: number },
): Promise<ListedPage[]> {
	let query = listed(db, which)
		.innerJoin('digests', 'digests.id', 'digest_id')
		.select(head)
		.orderBy('day', 'desc')
		.orderBy('digest_id', 'desc')
		.offset(offset)
		.limit(limit)
	if (year !== undefined) query = query.where('day', '>=', `${year}-`).where('day', '<', `${year}~`)
	return (await query.execute()).map(toListed)
}

/** The newest with all that was sent, the newest first. */
export async function selectWhole(
	db: DatabaseOrTransaction,
	{ limit, ...which }: WhichArchive & { limit: number },
): Promise<WholePage[]> {
	const rows = await listed(db, which)
		.innerJoin('digests', 'digests.id', 'digest_id')
		.select([...head, 'preheader', 'introduction', 'stories'])
		.orderBy('day', 'desc')
		.orderBy('digest_id', 'desc')
		.limit(limit)
		.execute()
	return rows.map(toListed)
}

function toListed<Row extends { corrects: number | null; publishedAt: Date | null }>({
	corrects,
	publishedAt,
	...page
}: Row) {
	return { ...page, isCorrection: corrects !== null, publishedAt: publishedAt ?? new Date(0) }
}

/** How many there are of each year, the newest first. */
export async function selectYears(
	db: DatabaseOrTransaction,
	which: WhichArchive,
): Promise<Array<{ year: string; count: number }>> {
	const year = sql<string>`left(day, 4)`
	return listed(db, which)
		.select([year.as('year'), ({ fn }) => fn.countAll<number>().as('count')])
		.groupBy(year)
		.orderBy(year, 'desc')
		.execute()
}

/** One that is published and not left out, whether lists show it or not. */
export async function selectPage(
	db: DatabaseOrTransaction,
	{ newsletterId, locale, name }: WhichArchive & { name: string },
): Promise<ArchivePage | undefined> {
	const row = await db
		.selectFrom('archive_pages')
		.innerJoin('digests', 'digests.id', 'digest_id')
		.select([...head, 'digest_id as digestId', 'preheader', 'introduction', 'stories', 'listed'])
		.where('archive_pages.newsletter_id', '=', newsletterId)
		.where('locale', '=', locale)
		.where('name', '=', name)
		.where('published_at', 'is not', null)
		.where('left_out_at', 'is', null)
		.executeTakeFirst()
	if (!row) return undefined
	const { digestId, listed: isListed, corrects, publishedAt, ...page } = row
	const which = { newsletterId, locale }
	return {
		...page,
		locale,
		publishedAt: publishedAt ?? new Date(0),
		isCorrection: corrects !== null,
		isStopped: !isListed,
		corrects: corrects === null ? null : await selectLink(db, { locale, digestId: corrects }),
		correctedBy: isListed ? null : await selectCorrection(db, { locale, digestId }),
		names: await selectNames(db, digestId),
		older: await selectBeside(db, which, { ...page, digestId }, 'older'),
		newer: await selectBeside(db, which, { ...page, digestId }, 'newer'),
	}
}

type OfDigest = { digestId: number; locale: Locale }

function shown(db: DatabaseOrTransaction) {
	return db
		.selectFrom('archive_pages')
		.select(['name', 'day', 'title'])
		.where('published_at', 'is not', null)
		.where('left_out_at', 'is', null)
}

async function selectLink(
	db: DatabaseOrTransaction,
	{ digestId, locale }: OfDigest,
): Promise<PageLink | null> {
	const found = shown(db).where('digest_id', '=', digestId).where('locale', '=', locale)
	return (await found.executeTakeFirst()) ?? null
}

/** The last correction of a digest that is on the web. */
async function selectCorrection(
	db: DatabaseOrTransaction,
	{ digestId, locale }: OfDigest,
): Promise<PageLink | null> {
	const found = shown(db)
		.where('locale', '=', locale)
		.where('digest_id', 'in', ({ selectFrom }) =>
			selectFrom('digests').select('digests.id').where('corrects', '=', digestId),
		)
		.orderBy('digest_id', 'desc')
		.limit(1)
	return (await found.executeTakeFirst()) ?? null
}

async function selectNames(db: DatabaseOrTransaction, digestId: number): Promise<Map<Locale, string>> {
	const rows = await shown(db).select('locale').where('digest_id', '=', digestId).orderBy('locale').execute()
	return new Map(rows.map(({ locale, name }) => [locale, name]))
}

async function selectBeside(
	db: DatabaseOrTransaction,
	which: WhichArchive,
	{ day, digestId }: { day: string; digestId: number },
	side: 'older' | 'newer',
): Promise<PageLink | null> {
	const order = side === 'older' ? 'desc' : 'asc'
	const isBeside = sql<boolean>`(day, digest_id) ${sql.raw(side === 'older' ? '<' : '>')} (${day}, ${digestId})`
	const found = await listed(db, which)
		.select(['name', 'day', 'title'])
		.where(isBeside)
		.orderBy('day', order)
		.orderBy('digest_id', order)
		.limit(1)
		.executeTakeFirst()
	return found ?? null
}
