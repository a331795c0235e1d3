import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { foldText } from '../kernel/fold-text.ts'
import { checkTopicRule, type TopicRuleInput } from '../newsletters/index.ts'
import { selectStories } from './store/linked-stories.ts'
import type { Story } from './story.ts'

/** How many of the newest stories a rule is tried on. */
const tried = 50

export type RulePreview = {
	/** How many stories were looked at, and which of them would be of the topic. */
	lookedAt: number
	matching: Array<Pick<Story, 'id' | 'title' | 'locale' | 'categories'>>
}

/**
 * What a rule would have done to the newest 50 stories of a newsletter; nothing is changed. Throws `invalid` where it
 * could not be made.
 */
export async function previewTopicRule(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
	input: TopicRuleInput,
): Promise<RulePreview> {
	const { category, sourceId } = await checkTopicRule({ db }, newsletterId, input)
	const stories = await selectStories(db, { newsletterId, limit: tried })
	const matching = stories.filter(
		(story) =>
			(sourceId === null || story.sourceId === sourceId) &&
			story.categories.some((each) => foldText(each) === category),
	)
	return {
		lookedAt: stories.length,
		matching: matching.map(({ id, title, locale, categories }) => ({ id, title, locale, categories })),
	}
}
