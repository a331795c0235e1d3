import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Rendition, RenditionSummary } from '../digest.ts'
import { variantKey } from '../variant-key.ts'

/**
 * Stores the variants of a digest, each with its stories and its rendition; one that is there already stays. Gives their
 * ids in the same order. Two may be one: of different choices only the same stories may have had room.
 */
export async function insertVariants(
	tx: DatabaseOrTransaction,
	digestId: number,
	renditions: readonly Rendition[],
): Promise<number[]> {
	const known = await selectVariantKeys(tx, digestId)
	const ids: number[] = []
	for (const rendition of renditions) {
		const { locale, stories } = rendition
		const key = variantKey(rendition)
		const before = known.get(key)
		if (before !== undefined) {
			ids.push(before)
			continue
		}
		const variant = await tx
			.insertInto('variants')
			.values({ digest_id: digestId, locale, key })
			.returning('id')
			.executeTakeFirstOrThrow()
		known.set(key, variant.id)
		ids.push(variant.id)
		await insertVariantStories(tx, variant.id, stories)
		await tx
			.insertInto('renditions')
			.values({
				variant_id: variant.id,
				subject: rendition.subject,
				preheader: rendition.preheader,
				html: rendition.html,
				text: rendition.text,
				web_html: rendition.webHtml,
				slot_nonce: rendition.nonce,
				story_count: stories.length,
				dropped_stories: rendition.droppedStories,
			})
			.execute()
	}
	return ids
}

/** Keeps which stories of feeds a variant brings its readers; what staff wrote for the digest alone nobody can get again. */
async function insertVariantStories(
	tx: DatabaseOrTransaction,
	variantId: number,
	stories: Rendition['stories'],
): Promise<void> {
	const rows = stories.map((story, position) => ({ variant_id: variantId, story_id: story.id, position }))
	const ofFeeds = rows.filter(({ story_id }) => story_id > 0)
	if (ofFeeds.length > 0) await tx.insertInto('variant_stories').values(ofFeeds).execute()
}

/** The ids of the variants of a digest by their keys. */
export async function selectVariantKeys(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<Map<string, number>> {
	const rows = await db
		.selectFrom('variants')
		.select(['key', 'id'])
		.where('digest_id', '=', digestId)
		.execute()
	return new Map(rows.map(({ key, id }) => [key, id]))
}

/** The renditions of digests in short, by digest, in the order of their languages. */
export async function selectRenditionSummaries(
	db: DatabaseOrTransaction,
	digestIds: readonly number[],
): Promise<Map<number, RenditionSummary[]>> {
	if (digestIds.length === 0) return new Map()
	const rows = await db
		.selectFrom('renditions')
		.innerJoin('variants', 'variants.id', 'renditions.variant_id')
		.select([
			'digest_id',
			'locale',
			'key',
			'subject',
			'preheader',
			'story_count as storyCount',
			'dropped_stories as droppedStories',
		])
		.where('digest_id', 'in', digestIds)
		.orderBy('locale')
		.orderBy('variants.id')
		.execute()
	return Map.groupBy(rows, ({ digest_id }) => digest_id)
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

/** Reads the renditions of a digest, a few at a time: there may be hundreds, and who compiles them needs one after the other. */
export async function* readRenditions(
	db: DatabaseOrTransaction,
	digestId: number,
): AsyncGenerator<StoredRendition> {
	for (let after = 0; ; ) {
		const rows = await db
			.selectFrom('renditions')
			.innerJoin('variants', 'variants.id', 'renditions.variant_id')
			.select(['renditions.id', 'locale', 'subject', 'html', 'text', 'slot_nonce as nonce'])
			.where('digest_id', '=', digestId)
			.where('renditions.id', '>', after)
			.orderBy('renditions.id')
			.limit(renditionsAtOnce)
			.execute()
		yield* rows
		const last = rows.at(-1)
		if (!last || rows.length < renditionsAtOnce) return
		after = last.id
	}
}

const renditionsAtOnce = 8

/** The page "view in browser" of a digest in a language: of the variant whose key begins so, else of the first. */
export async function selectWebHtml(
	db: DatabaseOrTransaction,
	{ publicId, locale, keyStart = '' }: { publicId: string; locale: Locale; keyStart?: string | undefined },
): Promise<string | undefined> {
	const row = await db
		.selectFrom('digests')
		.innerJoin('variants', 'variants.digest_id', 'digests.id')
		.innerJoin('renditions', 'renditions.variant_id', 'variants.id')
		.select('web_html')
		.where('public_id', '=', publicId)
		.where('locale', '=', locale)
		.where('key', 'like', `${keyStart}%`)
		.orderBy('variants.id')
		.limit(1)
		.executeTakeFirst()
	return row?.web_html
}
