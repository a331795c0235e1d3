import type { DigestWish } from '../kernel/tables/digests.ts'
import type { DigestStory } from './digest.ts'

/** The stories as staff wants them told in this digest; what they did not touch is as the source tells it. */
export function withEdits(
	stories: readonly DigestStory[],
	edits: DigestWish['edits'],
): readonly DigestStory[] {
	if (!edits) return stories
	return stories.map((story) => {
		const edit = edits[story.id]
		if (!edit) return story
		const { title = story.title, summary = story.summary, picture } = edit
		return { ...story, title, summary, ...(picture === false && { imageUrl: null, imageSize: null }) }
	})
}
