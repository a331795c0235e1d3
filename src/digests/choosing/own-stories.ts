import type { Locale } from '../../kernel/messages.ts'
import type { DigestWish } from '../../kernel/tables/digests.ts'
import type { PoolStory, Translation } from './choose-for-profile.ts'

/** Beyond the numbers of translation groups, which the database counts up from 1. */
const firstOwnGroup = 2 ** 52

/** What the languages of a story of staff are known by together; `id` is negative. */
export function ownGroup(id: number): number {
	return firstOwnGroup - id
}

/**
 * Stories that staff wrote for a digest, as those of feeds: one a language, each with the number of the whole story; what is
 * in the default language comes first. They are for readers of all topics.
 */
export function ownStories(
	own: DigestWish['own'],
	ids: readonly number[],
	defaultLocale?: Locale,
): PoolStory[] {
	return ids.flatMap((id) => {
		const story = own?.[id]
		if (!story) return []
		const versions = Object.entries(story.versions).map(([locale, version]) => ({
			id,
			locale,
			title: version.title,
			link: version.link,
			summary: version.summary,
			imageUrl: story.picture,
			imageAlt: version.pictureAlt,
			author: null,
			publishedAt: new Date(story.writtenAt),
			categories: [],
			translationGroup: ownGroup(id),
			topicIds: [],
		}))
		return versions.toSorted(
			(a, b) => Number(b.locale === defaultLocale) - Number(a.locale === defaultLocale),
		)
	})
}

/** The languages of these stories, by group. */
export function ownTranslations(stories: readonly PoolStory[]): Map<number, Translation[]> {
	const byGroup = Map.groupBy(stories, ({ translationGroup }) => translationGroup ?? 0)
	return new Map(
		[...byGroup].map(([group, versions]) => [
			group,
			versions.map(({ id, locale }) => ({ id, locale, isOffered: true })),
		]),
	)
}
