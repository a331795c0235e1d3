import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { foldText } from '../kernel/fold-text.ts'
import type { TopicRuleInput } from '../newsletters/index.ts'
import { selectStories } from './store/linked-stories.ts'
import type { Story } from './story.ts'

/** How many of the newest stories a rule is tried on. */
const tried = 50

export type RulePreview = {
	/** How many stories were looked at, and which of them would be of the topic. */
	lookedAt: number
	matching: Array<Pick<Story, 'id' | 'title' | 'locale' | 'categories'>>
}

/** What a rule would have done to the newest 50 stories of a newsletter; nothing is changed. */
export async function previewTopicRule(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
	{ category, sourceId }: Pick<TopicRuleInput, 'category' | 'sourceId'>,
): Promise<RulePreview> {
	const stories = await selectStories(db, { newsletterId, limit: tried })
	const folded = foldText(category)
	const matching = stories.filter(
		(story) =>
			(sourceId == null || story.sourceId === sourceId) &&
			story.categories.some((each) => foldText(each) === folded),
	)
	return {
		lookedAt: stories.length,
		matching: matching.map(({ id, title, locale, categories }) => ({ id, title, locale, categories })),
	}
}
