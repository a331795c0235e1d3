import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { foldText } from '../../kernel/fold-text.ts'
import { getNewsletter } from '../find-newsletter.ts'
import { unknownTopics } from './manage-topics.ts'
import { deleteTopicRule, insertTopicRule, isSourceOf, selectTopicRules, selectTopics } from './store.ts'
import type { TopicRule } from './topic.ts'
import type { TopicRuleInput } from './topic-input.ts'

type Deps = { db: Database; clock: Clock }

/** The rules of a newsletter, in the order they were made. */
export function listTopicRules(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
): Promise<TopicRule[]> {
	return selectTopicRules(db, newsletterId)
}

/**
 * From now on stories with the category are of the topic; those that are there stay as they are. Throws `invalid` for what
 * is no topic, and `conflict` where there is such a rule.
 */
export async function addTopicRule(
	{ db, clock }: Deps,
	slug: string,
	{ topic: name, category: typed, sourceId = null }: TopicRuleInput,
	actor: Actor,
): Promise<TopicRule> {
	const category = foldText(typed)
	if (category === '') throw invalidField('category', 'errors.field.required')
	return db.transaction().execute(async (tx) => {
		const newsletter = await getNewsletter({ db: tx }, { slug })
		const topics = await selectTopics(tx, newsletter.id)
		const topic = topics.find((each) => each.slug === name)
		if (!topic) throw unknownTopics('topic', [name], topics)
		if (sourceId !== null && !(await isSourceOf(tx, newsletter.id, sourceId))) {
			throw invalidField('sourceId', 'errors.source.not_found')
		}
		const id = await insertTopicRule(tx, { topicId: topic.id, sourceId, category, now: clock.now() })
		if (id === undefined) throw new AppError('conflict', 'errors.topic.rule_exists')
		await recordAudit({ db: tx, clock }, { actor, action: 'create', subject: `topic_rule:${id}` })
		return { id, topic: name, sourceId, category }
	})
}

/** Stories that have its topic keep it. Throws `not_found`. */
export async function removeTopicRule(
	{ db, clock }: Deps,
	{ slug, id }: { slug: string; id: number },
	actor: Actor,
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const newsletter = await getNewsletter({ db: tx }, { slug })
		if (!(await deleteTopicRule(tx, { newsletterId: newsletter.id, id }))) {
			throw new AppError('not_found', 'errors.topic.no_such_rule')
		}
		await recordAudit({ db: tx, clock }, { actor, action: 'remove', subject: `topic_rule:${id}` })
	})
}
