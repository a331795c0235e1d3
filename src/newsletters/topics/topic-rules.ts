import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { foldText } from '../../kernel/fold-text.ts'
import { getNewsletter } from '../find-newsletter.ts'
import { lockNewsletter } from '../store.ts'
import { requireOffered, unknownTopics } from './manage-topics.ts'
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
 * Stories with the category that are read from now on are of the topic, and so are those that their feed changes; all others
 * stay as they are. Throws `invalid` as `checkTopicRule` does, and `conflict` where there is such a rule.
 */
export async function addTopicRule(
	{ db, clock }: Deps,
	slug: string,
	input: TopicRuleInput,
	actor: Actor,
): Promise<TopicRule> {
	return db.transaction().execute(async (tx) => {
		const newsletter = await getNewsletter({ db: tx }, { slug })
		await lockNewsletter(tx, newsletter.id)
		const { topicId, ...rule } = await checkTopicRule({ db: tx }, newsletter.id, input)
		const id = await insertTopicRule(tx, { ...rule, topicId, now: clock.now() })
		if (id === undefined) throw new AppError('conflict', 'errors.topic.rule_exists')
		await recordAudit({ db: tx, clock }, { actor, action: 'create', subject: `topic_rule:${id}` })
		return { id, topic: input.topic, ...rule }
	})
}

/**
 * A rule that could be made, with its category folded. Throws `invalid` for what is no topic that is offered, and for a
 * source of another newsletter.
 */
export async function checkTopicRule(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
	{ topic: name, category: typed, sourceId = null }: TopicRuleInput,
): Promise<{ topicId: number; category: string; sourceId: number | null }> {
	const category = foldText(typed)
	if (category === '') throw invalidField('category', 'errors.field.required')
	const topics = await selectTopics(db, newsletterId)
	const topic = topics.find((each) => each.slug === name)
	if (!topic) throw unknownTopics('topic', [name], topics)
	requireOffered(topics, 'topic', [name])
	if (sourceId !== null && !(await isSourceOf(db, newsletterId, sourceId))) {
		throw invalidField('sourceId', 'errors.source.not_found')
	}
	return { topicId: topic.id, category, sourceId }
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
