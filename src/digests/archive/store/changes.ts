import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { ArchivedStory } from '../../../kernel/tables/digests.ts'
import { type NewPage, toWords } from './pages.ts'

/** A page of a digest's archive as staff sees it. */
export type KeptPage = {
	locale: Locale
	name: string
	title: string
	introduction: string | null
	stories: ArchivedStory[]
	publishedAt: Date | null
	leftOutAt: Date | null
	correctedAt: Date | null
}

/** Those of a digest, by language; locked where `lock` is given. */
export async function selectKeptPages(
	db: DatabaseOrTransaction,
	digestId: number,
	{ lock = false }: { lock?: boolean } = {},
): Promise<KeptPage[]> {
	const query = db
		.selectFrom('archive_pages')
		.select([
			'locale',
			'name',
			'title',
			'introduction',
			'stories',
			'published_at as publishedAt',
			'left_out_at as leftOutAt',
			'corrected_at as correctedAt',
		])
		.where('digest_id', '=', digestId)
		.orderBy('locale')
	return (lock ? query.forUpdate() : query).execute()
}

/** Leaves the pages of a digest out, or, with null, shows them again. Gives whether that changed anything. */
export async function setLeftOut(
	tx: DatabaseOrTransaction,
	digestId: number,
	at: Date | null,
): Promise<boolean> {
	const { numUpdatedRows } = await tx
		.updateTable('archive_pages')
		.set({ left_out_at: at })
		.where('digest_id', '=', digestId)
		.where('left_out_at', at ? 'is' : 'is not', null)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

export async function updateWords(
	tx: DatabaseOrTransaction,
	{ digestId, locale }: { digestId: number; locale: Locale },
	{ now, ...words }: Pick<NewPage, 'title' | 'introduction' | 'stories'> & { now: Date },
): Promise<void> {
	await tx
		.updateTable('archive_pages')
		.set({ ...toWords(words), corrected_at: now })
		.where('digest_id', '=', digestId)
		.where('locale', '=', locale)
		.execute()
}
