import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Topic, TopicRule, TopicText } from './topic.ts'

/** The topics of a newsletter in their order, the archived ones among them. */
export async function selectTopics(db: DatabaseOrTransaction, newsletterId: number): Promise<Topic[]> {
	const rows = await db
		.selectFrom('topics')
		.select(['id', 'slug', 'position', 'archived_at as archivedAt'])
		.where('newsletter_id', '=', newsletterId)
		.orderBy('position')
		.orderBy('id')
		.execute()
	if (rows.length === 0) return []
	const texts = await db
		.selectFrom('topic_texts')
		.select(['topic_id', 'locale', 'name', 'description'])
		.where(
			'topic_id',
			'in',
			rows.map(({ id }) => id),
		)
		.orderBy('locale')
		.execute()
	return rows.map((row) => ({
		...row,
		texts: texts
			.filter(({ topic_id }) => topic_id === row.id)
			.map(({ locale, name, description }) => ({ locale, name, description })),
	}))
}

export async function insertTopic(
	tx: DatabaseOrTransaction,
	newsletterId: number,
	{ slug, now }: { slug: string; now: Date },
): Promise<number> {
	const { id } = await tx
		.insertInto('topics')
		.values({
			newsletter_id: newsletterId,
			slug,
			position: sql<number>`(select coalesce(max(position), 0) + 1 from topics where newsletter_id = ${newsletterId})`,
			created_at: now,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

export async function putTopicText(
	tx: DatabaseOrTransaction,
	topicId: number,
	{ locale, name, description }: TopicText,
): Promise<void> {
	await tx
		.insertInto('topic_texts')
		.values({ topic_id: topicId, locale, name, description })
		.onConflict((conflict) => conflict.columns(['topic_id', 'locale']).doUpdateSet({ name, description }))
		.execute()
}

export async function updateTopic(
	tx: DatabaseOrTransaction,
	id: number,
	changes: { archivedAt: Date | null } | { position: number },
): Promise<void> {
	const columns = 'position' in changes ? changes : { archived_at: changes.archivedAt }
	await tx.updateTable('topics').set(columns).where('id', '=', id).execute()
}

/** The rules of a newsletter, in the order they were made. */
export async function selectTopicRules(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<TopicRule[]> {
	return db
		.selectFrom('topic_rules')
		.innerJoin('topics', 'topics.id', 'topic_rules.topic_id')
		.select(['topic_rules.id', 'slug as topic', 'source_id as sourceId', 'category'])
		.where('newsletter_id', '=', newsletterId)
		.orderBy('topic_rules.id')
		.execute()
}

/** Whether a newsletter takes stories from a source. */
export async function isSourceOf(
	db: DatabaseOrTransaction,
	newsletterId: number,
	sourceId: number,
): Promise<boolean> {
	const row = await db
		.selectFrom('sources')
		.select('id')
		.where('id', '=', sourceId)
		.where('newsletter_id', '=', newsletterId)
		.executeTakeFirst()
	return row !== undefined
}

/** Gives the new rule's id, or undefined where there is one like it. */
export async function insertTopicRule(
	tx: DatabaseOrTransaction,
	rule: { topicId: number; sourceId: number | null; category: string; now: Date },
): Promise<number | undefined> {
	const row = await tx
		.insertInto('topic_rules')
		.values({
			topic_id: rule.topicId,
			source_id: rule.sourceId,
			category: rule.category,
			created_at: rule.now,
		})
		.onConflict((conflict) => conflict.doNothing())
		.returning('id')
		.executeTakeFirst()
	return row?.id
}

/** Gives whether there was such a rule of the newsletter. */
export async function deleteTopicRule(
	tx: DatabaseOrTransaction,
	{ newsletterId, id }: { newsletterId: number; id: number },
): Promise<boolean> {
	const { numDeletedRows } = await tx
		.deleteFrom('topic_rules')
		.where('id', '=', id)
		.where('topic_id', 'in', (eb) =>
			eb.selectFrom('topics').select('topics.id').where('newsletter_id', '=', newsletterId),
		)
		.executeTakeFirst()
	return numDeletedRows > 0n
}
