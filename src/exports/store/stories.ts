import type { Database } from '../../kernel/database.ts'
import type { DataSet } from '../data-set.ts'
import { inPages } from './in-pages.ts'

/** What feeds and staff told; those of one `translation_group` are the same story in several languages. */
export const stories: DataSet = {
	columns: [
		'id',
		'language',
		'title',
		'summary',
		'link',
		'picture',
		'picture_text',
		'author',
		'categories',
		'topics',
		'published_at',
		'first_seen_at',
		'edited_at',
		'hidden_at',
		'translation_group',
		'source',
	],
	async *read(db, { newsletterId }) {
		for await (const rows of inPages<Row>((after, limit) => select(db, newsletterId, after, limit))) {
			yield rows.map((row) => [
				row.id,
				row.locale,
				row.title,
				row.summary,
				row.link,
				row.image_url,
				row.image_alt,
				row.author,
				row.categories,
				row.topics,
				row.published_at,
				row.first_seen_at,
				row.edited_at,
				row.hidden_at,
				row.translation_group,
				row.source,
			])
		}
	},
}

type Row = Awaited<ReturnType<typeof select>>[number]

function select(db: Database, newsletterId: number, after: { id: number } | undefined, limit: number) {
	return db
		.selectFrom('stories as s')
		.leftJoin('sources as f', 'f.id', 's.source_id')
		.select(['s.id', 's.locale', 's.title', 's.summary', 's.link', 's.image_url', 's.image_alt', 's.author'])
		.select(['s.categories', 's.topics', 's.published_at', 's.first_seen_at', 's.edited_at', 's.hidden_at'])
		.select(['s.translation_group', 'f.url as source'])
		.where('s.newsletter_id', '=', newsletterId)
		.where('s.id', '>', after?.id ?? 0)
		.orderBy('s.id')
		.limit(limit)
		.execute()
}
