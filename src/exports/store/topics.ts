import type { Database } from '../../kernel/database.ts'
import type { DataSet } from '../data-set.ts'

/** The topics, a row a language. */
export const topics: DataSet = {
	columns: ['topic', 'language', 'name', 'description', 'ended_at'],
	async *read(db, { newsletterId }) {
		const rows = await db
			.selectFrom('topics as t')
			.innerJoin('topic_texts as x', 'x.topic_id', 't.id')
			.select(['t.slug', 'x.locale', 'x.name', 'x.description', 't.archived_at'])
			.where('newsletter_id', '=', newsletterId)
			.orderBy('t.position')
			.orderBy('t.id')
			.orderBy('x.locale')
			.execute()
		yield rows.map((row) => [row.slug, row.locale, row.name, row.description, row.archived_at])
	},
}

/** What each topic of a newsletter is called in tables, by its id; those that have ended too. */
export async function selectTopicSlugs(db: Database, newsletterId: number): Promise<Map<number, string>> {
	const rows = await db
		.selectFrom('topics')
		.select(['id', 'slug'])
		.where('newsletter_id', '=', newsletterId)
		.execute()
	return new Map(rows.map(({ id, slug }) => [Number(id), slug]))
}
