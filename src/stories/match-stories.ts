import type { Locale } from '../kernel/messages.ts'
import type { IncomingStory } from './incoming-story.ts'

/** As much of a stored story as telling it apart takes. */
export type KnownStory = {
	id: number
	sourceId: number | null
	externalId: string | null
	linkKey: string | null
	locale: Locale
}

// RFC 4287 §4.2.6: ids of Atom are IRIs and the same everywhere; so are the guids that look like one
const universalId = /^(?:https?:|urn:|tag:)/i

/**
 * Finds which items of a source are stories that are there already: by their id in this source, then by an id that is
 * the same everywhere, then by their link, the last two in all sources of the newsletter and language.
 * An item whose id has changed but not its link is the same story, unless the old id is in the feed too.
 */
export function matchStories<Known extends KnownStory>(
	incoming: readonly IncomingStory[],
	known: readonly Known[],
	source: { id: number; locale: Locale },
): Array<{ story: IncomingStory; known: Known | undefined }> {
	const present = new Set(incoming.map(({ externalId }) => externalId))
	const isApart = (one: Known) =>
		one.sourceId === source.id && one.externalId !== null && present.has(one.externalId)
	const taken = new Set<number>()
	const matches = incoming.map((story) => {
		const { externalId, linkKey } = story
		const inLanguage = known.filter(({ locale }) => locale === source.locale)
		const match =
			(externalId !== null
				? (known.find((one) => one.sourceId === source.id && one.externalId === externalId) ??
					(universalId.test(externalId)
						? inLanguage.find((one) => one.externalId === externalId)
						: undefined))
				: undefined) ??
			(linkKey !== null ? inLanguage.find((one) => one.linkKey === linkKey && !isApart(one)) : undefined)
		return { story, known: match }
	})
	return matches.filter(({ known: match }) => {
		if (!match) return true
		const isFirst = !taken.has(match.id)
		taken.add(match.id)
		return isFirst
	})
}
