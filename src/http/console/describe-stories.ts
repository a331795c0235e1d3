import type { StoryGroup } from '../../digests/index.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Newsletter, Topic } from '../../newsletters/index.ts'

/** A story in a list: its title in the language of the page where there is one, and the languages that it lacks. */
export type StoryRow = {
	id: number
	title: string
	locale: Locale
	topics: string[]
	languages: Locale[]
	lacks: Locale[]
	publishedAt: Date
	isIn: boolean
	isLead: boolean
}

export function describeStories(
	groups: readonly StoryGroup[],
	{
		locale,
		newsletter,
		topics,
		leftOut,
	}: { locale: Locale; newsletter: Newsletter; topics: readonly Topic[]; leftOut: readonly number[] },
): StoryRow[] {
	const locales = newsletter.texts.map((text) => text.locale)
	let leads = true
	return groups.map(({ id, topicIds, versions }) => {
		const shown = versions.find((version) => version.locale === locale) ?? versions[0]
		const languages = locales.filter((each) => versions.some((version) => version.locale === each))
		const isIn = !leftOut.includes(id)
		const isLead = isIn && leads
		if (isIn) leads = false
		return {
			id,
			title: shown?.title ?? '',
			locale: shown?.locale ?? locale,
			topics: topicNames(topics, topicIds, locale),
			languages,
			lacks: locales.filter((each) => !languages.includes(each)),
			publishedAt: shown?.publishedAt ?? new Date(0),
			isIn,
			isLead,
		}
	})
}

export function topicNames(topics: readonly Topic[], ids: readonly number[], locale: Locale): string[] {
	return topics
		.filter(({ id }) => ids.includes(id))
		.map(({ texts, slug }) => (texts.find((text) => text.locale === locale) ?? texts[0])?.name ?? slug)
}
