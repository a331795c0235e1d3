import { type AppError, invalidField } from '../../kernel/app-error.ts'
import type { Rhythm, UntranslatedRule } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Newsletter, Topic } from '../../newsletters/index.ts'

/** What a reader gets. */
export type Choices = {
	locale: Locale
	/** All topics and those to come, but for those of `topicIds`; else only those. */
	allTopics: boolean
	/** In ascending order. */
	topicIds: readonly number[]
	/** What becomes of a story that is missing in the language; null: the newsletter's rule. */
	untranslated: UntranslatedRule | null
	/** Counts where the newsletter has a round-up. */
	rhythm: Rhythm
}

/** What a reader wants, as a form says it. What is left out stays as it is. */
export type ChoicesWish = {
	/** The topics that were there to choose from, by slug; a page may have been opened before one came or ended. */
	offered: readonly string[]
	/** Those that were chosen. */
	topics: readonly string[]
	/** Whether topics to come are wanted too. */
	newTopics: boolean
	locale?: string | undefined
	untranslated?: UntranslatedRule | undefined
	/** Heeded where the newsletter has a round-up. */
	rhythm?: Rhythm | undefined
}

type Setting = {
	newsletter: Pick<Newsletter, 'texts' | 'untranslated' | 'roundUp'>
	topics: readonly Topic[]
}

/**
 * What a reader's choices become. Topics that the form did not show, for they have ended or came later, stay as they were.
 * Throws `invalid` for a language that the newsletter does not have, and where no topic would be left.
 */
export function decideChoices(before: Choices, wish: ChoicesWish, { newsletter, topics }: Setting): Choices {
	const { locale = before.locale } = wish
	const locales = newsletter.texts.map((text) => text.locale)
	if (wish.locale !== undefined && !locales.includes(locale)) {
		throw invalidField('locale', 'errors.source.locale', { locales: locales.join(', ') })
	}
	return {
		locale,
		...decideTopics(before, wish, topics),
		untranslated: decideUntranslated(before, wish, newsletter),
		rhythm: (newsletter.roundUp && wish.rhythm) || before.rhythm,
	}
}

/** Who has chosen nothing follows the newsletter's rule, also when it changes. */
function decideUntranslated(
	before: Choices,
	{ untranslated }: ChoicesWish,
	newsletter: Setting['newsletter'],
): UntranslatedRule | null {
	if (untranslated === undefined) return before.untranslated
	return before.untranslated === null && untranslated === newsletter.untranslated ? null : untranslated
}

function decideTopics(
	before: Choices,
	{ offered, topics: wanted, newTopics }: ChoicesWish,
	topics: readonly Topic[],
): Pick<Choices, 'allTopics' | 'topicIds'> {
	const living = topics.filter(({ archivedAt }) => archivedAt === null)
	if (living.length === 0) return { allTopics: before.allTopics, topicIds: before.topicIds }
	const shown = living.filter(({ slug }) => offered.includes(slug))
	const chosen = shown.filter(({ slug }) => wanted.includes(slug))
	if (!newTopics && chosen.length === 0) throw noTopicLeft(wanted, topics)

	const shownIds = shown.map(({ id }) => id)
	const unseen = before.allTopics === newTopics ? before.topicIds.filter((id) => !shownIds.includes(id)) : []
	const named = newTopics ? shown.filter((topic) => !chosen.includes(topic)) : chosen
	return {
		allTopics: newTopics,
		topicIds: [...named.map(({ id }) => id), ...unseen].sort((a, b) => a - b),
	}
}

function noTopicLeft(wanted: readonly string[], topics: readonly Topic[]): AppError {
	const ended = topics.filter(({ slug, archivedAt }) => archivedAt !== null && wanted.includes(slug))
	return invalidField('topics', ended.length > 0 ? 'errors.choices.topics_ended' : 'errors.choices.no_topic')
}

export function areSame(a: Choices, b: Choices): boolean {
	return (
		a.locale === b.locale &&
		a.allTopics === b.allTopics &&
		a.untranslated === b.untranslated &&
		a.rhythm === b.rhythm &&
		a.topicIds.length === b.topicIds.length &&
		a.topicIds.every((id, index) => id === b.topicIds[index])
	)
}
