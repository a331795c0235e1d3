import type { Database } from '../../kernel/database.ts'
import { foldText } from '../../kernel/fold-text.ts'
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

/** How tables name the topics of a newsletter. */
export type TopicWords = {
	/** By id. Not those that have ended: who chose only such gets none, and would get all where an import doesn't know them. */
	slugs: ReadonlyMap<number, string>
	all: string
	none: string
}

/** The words that an import takes for all topics and for none; the second where a topic is called like the first. */
const words = { all: ['all', 'all topics'], none: ['none', 'no topics'] } as const

export async function selectTopicWords(db: Database, newsletterId: number): Promise<TopicWords> {
	const rows = await db
		.selectFrom('topics as t')
		.leftJoin('topic_texts as x', 'x.topic_id', 't.id')
		.select(['t.id', 't.slug', 'x.name'])
		.where('t.newsletter_id', '=', newsletterId)
		.where('t.archived_at', 'is', null)
		.execute()
	const taken = new Set(rows.flatMap(({ slug, name }) => [slug, foldText(name ?? '')]))
	const wordOf = ([usual, other]: readonly [string, string]) => (taken.has(usual) ? other : usual)
	const slugs = new Map(rows.map(({ id, slug }) => [Number(id), slug]))
	return { slugs, all: wordOf(words.all), none: wordOf(words.none) }
}
