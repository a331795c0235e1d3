import type { Selectable } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DigestTrigger } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Tables } from '../../kernel/tables.ts'
import type { Digest, Rendition, RenditionSummary } from '../digest.ts'

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
