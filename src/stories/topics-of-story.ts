import { foldText } from '../kernel/fold-text.ts'
import type { TopicRule } from '../newsletters/index.ts'
import type { Source } from './source.ts'

/** The topics of a story that comes from a source: the source's own, and what rules make of its categories. */
export function topicsOfStory(
	{ id, topics }: Pick<Source, 'id' | 'topics'>,
	categories: readonly string[],
	rules: readonly TopicRule[],
): string[] {
	const folded = new Set(categories.map(foldText))
	const ruled = rules
		.filter(({ sourceId, category }) => (sourceId === null || sourceId === id) && folded.has(category))
		.map(({ topic }) => topic)
	return [...new Set([...topics, ...ruled])]
}
