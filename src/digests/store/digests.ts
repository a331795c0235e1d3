import type { Selectable } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DigestTrigger, Rhythm } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { DigestWish } from '../../kernel/tables/digests.ts'
import type { Tables } from '../../kernel/tables.ts'
import type { Digest, RenditionSummary } from '../digest.ts'
import { selectRenditionSummaries } from './renditions.ts'

export type NewDigest = {
	newsletterId: number
	kind: Rhythm
	isLetter: boolean
	corrects: number | null
	publicId: string
	trigger: DigestTrigger
	key: string | null
	fingerprint: string | null
	now: Date
	wish: DigestWish
}

/** Stores a digest that is to be planned. */
export async function insertDigest(tx: DatabaseOrTransaction, digest: NewDigest): Promise<number> {
	const { id } = await tx
		.insertInto('digests')
		.values({
			newsletter_id: digest.newsletterId,
			kind: digest.kind,
			is_letter: digest.isLetter,
			corrects: digest.corrects,
			public_id: digest.publicId,
			state: 'planning',
			trigger: digest.trigger,
			trigger_key: digest.key,
			trigger_fingerprint: digest.fingerprint,
			created_at: digest.now,
			wish: JSON.stringify(digest.wish),
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

export type DigestBeingPlanned = {
	id: number
	kind: Rhythm
	isLetter: boolean
	corrects: number | null
	publicId: string
	newsletterId: number
	createdAt: Date
	wish: DigestWish | null
}

export async function getDigestBeingPlanned(
	tx: DatabaseOrTransaction,
	id: number,
): Promise<DigestBeingPlanned> {
	return tx
		.selectFrom('digests')
		.select([
			'id',
			'kind',
			'is_letter as isLetter',
			'corrects',
			'public_id as publicId',
			'newsletter_id as newsletterId',
			'created_at as createdAt',
			'wish',
		])
		.where('id', '=', id)
		.executeTakeFirstOrThrow()
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

/** When the last round-up was made that has an audience, before a moment. */
export async function findLastRoundUp(
	db: DatabaseOrTransaction,
	newsletterId: number,
	before: Date,
): Promise<Date | undefined> {
	const row = await db
		.selectFrom('digests')
		.select('created_at as at')
		.where('newsletter_id', '=', newsletterId)
		.where('kind', '=', 'round_up')
		.where('planned_at', 'is not', null)
		.where('created_at', '<', before)
		.orderBy('created_at', 'desc')
		.limit(1)
		.executeTakeFirst()
	return row?.at
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

function toDigest(row: Selectable<Tables['digests']>, renditions: readonly RenditionSummary[]): Digest {
	return {
		id: row.id,
		publicId: row.public_id,
		newsletterId: row.newsletter_id,
		kind: row.kind,
		isLetter: row.is_letter,
		corrects: row.corrects,
		state: row.state,
		trigger: row.trigger,
		audience: row.audience,
		renditions: renditions.map(({ locale, key, subject, preheader, storyCount, droppedStories }) => ({
			locale,
			key,
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
		.innerJoin('variants', 'variants.digest_id', 'digests.id')
		.select(['public_id as publicId', 'digests.created_at as createdAt'])
		.where('newsletter_id', '=', newsletterId)
		.where('locale', '=', locale)
		.where('state', 'in', ['sending', 'completed'])
		.orderBy('digests.id', 'desc')
		.limit(1)
		.executeTakeFirst()
}
