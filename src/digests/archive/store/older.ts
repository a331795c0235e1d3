import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { DigestWish } from '../../../kernel/tables/digests.ts'
import type { DigestStory } from '../../digest.ts'
import { storyColumns } from '../../store/story-columns.ts'

/** What readers who chose nothing were sent of a digest in a language, before the archive kept it. */
export type OlderVariant = {
	variantId: number
	digestId: number
	locale: Locale
	subject: string
	preheader: string
	storyCount: number
	isLetter: boolean
	createdAt: Date
	wish: DigestWish | null
}

/** Of each digest of a newsletter that is over and not kept yet, the oldest first: its first variant in each language. */
export async function selectOlderVariants(
	tx: DatabaseOrTransaction,
	newsletterId: number,
): Promise<OlderVariant[]> {
	return tx
		.selectFrom('digests')
		.innerJoin('variants', 'variants.digest_id', 'digests.id')
		.innerJoin('renditions', 'renditions.variant_id', 'variants.id')
		.distinctOn(['digests.id', 'locale'])
		.select([
			'variants.id as variantId',
			'digests.id as digestId',
			'locale',
			'subject',
			'preheader',
			'story_count as storyCount',
			'is_letter as isLetter',
			'digests.created_at as createdAt',
			'wish',
		])
		.where('newsletter_id', '=', newsletterId)
		.where('completed_at', 'is not', null)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('archive_pages')
						.select('name')
						.whereRef('archive_pages.digest_id', '=', 'digests.id')
						.whereRef('archive_pages.locale', '=', 'variants.locale'),
				),
			),
		)
		.orderBy('digests.id')
		.orderBy('locale')
		.orderBy('variants.id')
		.execute()
}

/** The stories of feeds of variants, at their positions, as they are told now; without those that staff hid. */
export async function selectStoriesOf(
	tx: DatabaseOrTransaction,
	variantIds: readonly number[],
): Promise<Map<number, Array<DigestStory & { position: number }>>> {
	if (variantIds.length === 0) return new Map()
	const rows = await tx
		.selectFrom('variant_stories')
		.innerJoin('stories', 'stories.id', 'story_id')
		.select(['variant_id as variantId', 'position', ...storyColumns])
		.where('variant_id', 'in', variantIds)
		.where('hidden_at', 'is', null)
		.orderBy('variant_id')
		.orderBy('position')
		.execute()
	return Map.groupBy(rows, ({ variantId }) => variantId)
}
