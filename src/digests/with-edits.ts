import type { Locale } from '../kernel/messages.ts'
import type { DigestWish } from '../kernel/tables/digests.ts'
import type { DigestStory } from './digest.ts'

/**
 * The stories as staff wants them told in this digest to readers of a language; what they did not touch is as the source
 * tells it.
 */
export function withEdits(
	stories: readonly DigestStory[],
	edits: DigestWish['edits'],
	locale: Locale,
): readonly DigestStory[] {
	if (!edits) return stories
	return stories.map((story) => {
		const edit = edits[story.id]
		if (!edit) return story
		const { title = story.title, summary = story.summary, picture } = edit
		const written = story.locale === locale ? undefined : edit.written?.[locale]
		return {
			...story,
			...(written ? { ...written, locale } : { title, summary }),
			...(picture === false && { imageUrl: null, imageSize: null }),
		}
	})
}
