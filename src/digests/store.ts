import { type Selectable, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { DigestTrigger } from '../kernel/enumerations.ts'
import type { Locale } from '../kernel/messages.ts'
import type { DeliverySums } from '../kernel/tables/digests.ts'
import type { Tables } from '../kernel/tables.ts'
import type { Newsletter } from '../newsletters/index.ts'
import type { Digest, DigestStory, Rendition, RenditionSummary } from './digest.ts'
export type StoryWish = { locale: Locale; olderThan: Date; limit: number }

/**
 * The newest stories that readers of a language have not been shown, neither themselves nor in a translation. Where
 * the newsletter includes untranslated ones, of several languages of a story the default one is taken.
 */
export async function selectNewStories(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ locale, olderThan, limit }: StoryWish,
): Promise<DigestStory[]> {
	return storiesFor(db, newsletter, locale)
		.where('stories.backlog', '=', false)
		.where('stories.published_at', '>=', olderThan)
		.orderBy('stories.published_at', 'desc')
		.orderBy('stories.id', 'desc')
		.limit(limit)
		.execute()
}

/** Of stories that staff chose, those that readers of a language have not been shown, whatever their age. */
export async function selectChosenStories(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ locale, ids }: { locale: Locale; ids: readonly number[] },
): Promise<DigestStory[]> {
	return storiesFor(db, newsletter, locale).where('stories.id', 'in', ids).execute()
}

function storiesFor(db: DatabaseOrTransaction, newsletter: Newsletter, locale: Locale) {
	const { id, untranslated, defaultLocale } = newsletter
	const inLanguage = sql<boolean>`stories.locale = ${locale}`
	const isBestWithoutTranslation = sql<boolean>`not exists (
		select 1 from stories other
		where other.translation_group = stories.translation_group
			and (other.locale = ${locale} or (
				other.hidden_at is null and not other.backlog
				and (other.locale = ${defaultLocale}, -other.id) > (stories.locale = ${defaultLocale}, -stories.id)
			))
	)`
	const shown = sql<boolean>`exists (
		select 1 from digest_stories d where d.story_id = stories.id and d.locale = ${locale}
	)`
	const shownInTranslation = sql<boolean>`exists (
		select 1 from stories other join digest_stories d on d.story_id = other.id and d.locale = ${locale}
		where other.translation_group = stories.translation_group
	)`
	return db
		.selectFrom('stories')
		.select([
			'id',
			'locale',
			'title',
			'link',
			'summary',
			'image_url as imageUrl',
			'image_alt as imageAlt',
			'author',
			'published_at as publishedAt',
			'categories',
			'translation_group as translationGroup',
		])
		.where('newsletter_id', '=', id)
		.where('hidden_at', 'is', null)
		.where((eb) => (untranslated === 'include' ? eb.or([inLanguage, isBestWithoutTranslation]) : inLanguage))
		.where((eb) => eb.not(eb.or([shown, shownInTranslation])))
}

/** Stories of a newsletter by id, and their translations. */
export async function selectWithTranslations(
	db: DatabaseOrTransaction,
	newsletterId: number,
	ids: readonly number[],
): Promise<Array<{ id: number; translationGroup: number | null }>> {
	return db
		.selectFrom('stories')
		.select(['id', 'translation_group as translationGroup'])
		.where('newsletter_id', '=', newsletterId)
		.where(({ or, eb, selectFrom }) =>
			or([
				eb('id', 'in', ids),
				eb(
					'translation_group',
					'in',
					selectFrom('stories as chosen').select('chosen.translation_group').where('chosen.id', 'in', ids),
				),
			]),
		)
		.execute()
}

export type NewDigest = {
	newsletterId: number
	publicId: string
	trigger: DigestTrigger
	key: string | null
	fingerprint: string | null
	now: Date
	renditions: readonly Rendition[]
}

/** Stores a digest with its renditions and what they show, to be planned. */
export async function insertDigest(tx: DatabaseOrTransaction, digest: NewDigest): Promise<number> {
	const { id } = await tx
		.insertInto('digests')
		.values({
			newsletter_id: digest.newsletterId,
			public_id: digest.publicId,
			state: 'planning',
			trigger: digest.trigger,
			trigger_key: digest.key,
			trigger_fingerprint: digest.fingerprint,
			created_at: digest.now,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	await tx
		.insertInto('renditions')
		.values(
			digest.renditions.map((rendition) => ({
				digest_id: id,
				locale: rendition.locale,
				subject: rendition.subject,
				preheader: rendition.preheader,
				html: rendition.html,
				text: rendition.text,
				web_html: rendition.webHtml,
				slot_nonce: rendition.nonce,
				story_count: rendition.stories.length,
				dropped_stories: rendition.droppedStories,
			})),
		)
		.execute()
	await tx
		.insertInto('digest_stories')
		.values(
			digest.renditions.flatMap(({ locale, stories }) =>
				stories.map((story, position) => ({ digest_id: id, locale, story_id: story.id, position })),
			),
		)
		.execute()
	return id
}

/** The digest that a key has triggered before, and what that request was. */
export async function findTriggered(
	db: DatabaseOrTransaction,
	newsletterId: number,
	key: string,
): Promise<{ id: number; fingerprint: string | null } | undefined> {
	return db
		.selectFrom('digests')
		.select(['id', 'trigger_fingerprint as fingerprint'])
		.where('newsletter_id', '=', newsletterId)
		.where('trigger_key', '=', key)
		.executeTakeFirst()
}

/** Digests with the renditions in short, the newest first. */
export async function selectDigests(
	db: DatabaseOrTransaction,
	wanted: { id: number } | { newsletterId: number; before: number | undefined; limit: number },
): Promise<Digest[]> {
	let query = db.selectFrom('digests').selectAll().orderBy('id', 'desc')
	if ('id' in wanted) query = query.where('id', '=', wanted.id)
	else {
		query = query.where('newsletter_id', '=', wanted.newsletterId).limit(wanted.limit)
		if (wanted.before !== undefined) query = query.where('id', '<', wanted.before)
	}
	const rows = await query.execute()
	const renditions = await selectRenditionSummaries(
		db,
		rows.map(({ id }) => id),
	)
	return rows.map((row) => toDigest(row, renditions.get(row.id) ?? []))
}

async function selectRenditionSummaries(
	db: DatabaseOrTransaction,
	digestIds: readonly number[],
): Promise<Map<number, RenditionSummary[]>> {
	if (digestIds.length === 0) return new Map()
	const rows = await db
		.selectFrom('renditions')
		.select([
			'digest_id',
			'locale',
			'subject',
			'preheader',
			'story_count as storyCount',
			'dropped_stories as droppedStories',
		])
		.where('digest_id', 'in', digestIds)
		.orderBy('locale')
		.execute()
	return Map.groupBy(rows, ({ digest_id }) => digest_id)
}

function toDigest(row: Selectable<Tables['digests']>, renditions: readonly RenditionSummary[]): Digest {
	return {
		id: row.id,
		publicId: row.public_id,
		newsletterId: row.newsletter_id,
		state: row.state,
		trigger: row.trigger,
		audience: row.audience,
		renditions: renditions.map(({ locale, subject, preheader, storyCount, droppedStories }) => ({
			locale,
			subject,
			preheader,
			storyCount,
			droppedStories,
		})),
		createdAt: row.created_at,
		plannedAt: row.planned_at,
		completedAt: row.completed_at,
	}
}

/** How many rows of the ledger are in each state, and why those that were left out after planning were. */
export async function countDeliveries(db: DatabaseOrTransaction, digestId: number): Promise<DeliverySums> {
	const { rows } = await sql<DeliverySums[number]>`
		select state, case when state = 'excluded' then reply end as reason, count(*)::float8 as count
		from deliveries where digest_id = ${digestId} group by 1, 2`.execute(db)
	return rows
}

/** Digests that ended before `before` and whose ledger is still there, oldest first. */
export async function selectDigestsEndedBefore(
	db: DatabaseOrTransaction,
	before: Date,
): Promise<Array<{ id: number }>> {
	return db
		.selectFrom('digests')
		.select('id')
		.where('completed_at', '<', before)
		.where('ledger_sums', 'is', null)
		.orderBy('id')
		.execute()
}

/** Keeps what the ledger of a digest came to, for its rows are about to go. False where it was opened again. */
export async function keepLedgerSums(tx: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const open = await tx
		.selectFrom('digests')
		.select('id')
		.where('id', '=', digestId)
		.where('completed_at', 'is not', null)
		.forUpdate()
		.executeTakeFirst()
	if (!open) return false
	const sums = JSON.stringify(await countDeliveries(tx, digestId))
	await tx.updateTable('digests').set({ ledger_sums: sums }).where('id', '=', digestId).execute()
	return true
}

/** What the ledger of a digest came to; undefined while it is there. */
export async function findLedgerSums(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<DeliverySums | undefined> {
	const row = await db
		.selectFrom('digests')
		.select('ledger_sums as sums')
		.where('id', '=', digestId)
		.executeTakeFirst()
	return row?.sums ?? undefined
}

/** A stored rendition, to be compiled into messages. */
export type StoredRendition = {
	id: number
	locale: Locale
	subject: string
	html: string
	text: string
	nonce: string
}

export async function selectRenditions(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<StoredRendition[]> {
	return db
		.selectFrom('renditions')
		.select(['id', 'locale', 'subject', 'html', 'text', 'slot_nonce as nonce'])
		.where('digest_id', '=', digestId)
		.execute()
}

/** The page "view in browser" of a digest in a language. */
export async function selectWebHtml(
	db: DatabaseOrTransaction,
	publicId: string,
	locale: Locale,
): Promise<string | undefined> {
	const row = await db
		.selectFrom('renditions')
		.innerJoin('digests', 'digests.id', 'renditions.digest_id')
		.select('web_html')
		.where('public_id', '=', publicId)
		.where('locale', '=', locale)
		.executeTakeFirst()
	return row?.web_html
}

/** The newest digest of a newsletter in a language that went out, or is going out. */
export async function selectLatestDigest(
	db: DatabaseOrTransaction,
	newsletterId: number,
	locale: Locale,
): Promise<{ publicId: string; createdAt: Date } | undefined> {
	return db
		.selectFrom('digests')
		.innerJoin('renditions', 'renditions.digest_id', 'digests.id')
		.select(['public_id as publicId', 'digests.created_at as createdAt'])
		.where('newsletter_id', '=', newsletterId)
		.where('locale', '=', locale)
		.where('state', 'in', ['sending', 'completed'])
		.orderBy('digests.id', 'desc')
		.limit(1)
		.executeTakeFirst()
}
