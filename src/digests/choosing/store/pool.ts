import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import { storyColumns } from '../../store/story-columns.ts'
import type { PoolStory, Translation } from '../choose-for-profile.ts'

type Wanted = { newsletterId: number } & ({ olderThan: Date } | { ids: readonly number[] })

/** The stories that a digest may choose from, the newest first: those of a certain age, or those that staff chose. */
export async function selectPool(db: DatabaseOrTransaction, wanted: Wanted): Promise<PoolStory[]> {
	const topics = await selectTopics(db, wanted.newsletterId)
	let query = db
		.selectFrom('stories')
		.select([...storyColumns, 'topics'])
		.where('newsletter_id', '=', wanted.newsletterId)
		.where('hidden_at', 'is', null)
		.orderBy('published_at', 'desc')
		.orderBy('id', 'desc')
	if ('ids' in wanted) query = query.where('id', 'in', wanted.ids)
	else query = query.where('backlog', '=', false).where('published_at', '>=', wanted.olderThan)
	const rows = await query.execute()
	return rows.map(({ topics: slugs, ...story }) => ({
		...story,
		topicIds: slugs.flatMap((slug) => topics.get(slug) ?? []),
	}))
}

/** Topics that have not ended, by slug. */
async function selectTopics(db: DatabaseOrTransaction, newsletterId: number): Promise<Map<string, number>> {
	const rows = await db
		.selectFrom('topics')
		.select(['id', 'slug'])
		.where('newsletter_id', '=', newsletterId)
		.where('archived_at', 'is', null)
		.execute()
	return new Map(rows.map(({ id, slug }) => [slug, id]))
}

/** All languages of these stories, by translation group. */
export async function selectTranslations(
	db: DatabaseOrTransaction,
	newsletterId: number,
	groups: readonly number[],
): Promise<Map<number, Translation[]>> {
	if (groups.length === 0) return new Map()
	const rows = await db
		.selectFrom('stories')
		.select(['id', 'locale', 'backlog', 'hidden_at as hiddenAt', 'translation_group as group'])
		.where('newsletter_id', '=', newsletterId)
		.where('translation_group', 'in', groups)
		.execute()
	const byGroup = new Map<number, Translation[]>()
	for (const { id, locale, backlog, hiddenAt, group } of rows) {
		if (group === null) continue
		const translations = byGroup.get(group) ?? []
		translations.push({ id, locale, isOffered: hiddenAt === null && !backlog })
		byGroup.set(group, translations)
	}
	return byGroup
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
