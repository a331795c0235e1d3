import type { Locale } from '../kernel/messages.ts'
import type { IncomingStory } from './incoming-story.ts'
import type { Story } from './story.ts'

/** As much of a stored story as telling it apart takes. */
export type KnownStory = Pick<
	Story,
	'id' | 'sourceId' | 'externalId' | 'linkKey' | 'locale' | 'title' | 'publishedAt'
>

type Match<Known> = { story: IncomingStory; known: Known | undefined }

// RFC 4287 §4.2.6: ids of Atom are IRIs and the same everywhere; so are the guids that look like one
const universalId = /^(?:https?:|urn:|tag:)/i
// ids that systems number or draw themselves, and never give to anything else
const ownId =
	/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[?&](?:p|page_id)=\d+|\bpost-?\d{3,}/i

/**
 * Finds which items of a source are stories that are there already: by their id in this source, then by an id that is
 * the same everywhere, then by their link, the last two in all sources of the newsletter and language; then, as a site that
 * moves has new ids and links at once, by the same title at the same moment in this source.
 * An item whose id has changed but not its link is the same story, unless the old id is in the feed too. One that has
 * a known id but shares nothing else with that story is another: some feeds give one id to all that they ever hold.
 */
export function matchStories<Known extends KnownStory>(
	incoming: readonly IncomingStory[],
	known: readonly Known[],
	source: { id: number; locale: Locale },
): Array<Match<Known>> {
	const own = known.filter(({ sourceId }) => sourceId === source.id)
	const inLanguage = known.filter(({ locale }) => locale === source.locale)
	const ids = new Set(incoming.map(({ externalId }) => externalId))
	const keys = new Set(incoming.map(({ linkKey }) => linkKey))
	const isApart = (one: Known) =>
		one.sourceId === source.id && one.externalId !== null && ids.has(one.externalId)

	const byName = ({ externalId, linkKey, textId }: IncomingStory, story: IncomingStory) =>
		own.find((one) => externalId !== null && one.externalId === externalId && !isAnother(story, one)) ??
		own.find((one) => one.externalId === textId) ??
		inLanguage.find(
			(one) =>
				externalId !== null &&
				universalId.test(externalId) &&
				one.externalId === externalId &&
				!isAnother(story, one),
		) ??
		inLanguage.find(
			(one) =>
				linkKey !== null &&
				one.linkKey === linkKey &&
				!isApart(one) &&
				!(one.sourceId === source.id && isAnotherAtLink(story, one)),
		)
	const named = incoming.map((story) => ({ story, known: byName(story, story) }))
	const taken = new Set(named.map((match) => match.known?.id))
	const matches = named.map((match) => {
		if (match.known) return match
		const isFree = (one: Known) =>
			!taken.has(one.id) && !isApart(one) && !(one.linkKey !== null && keys.has(one.linkKey))
		const moved = own.find((one) => isFree(one) && hasMoved(match.story, one))
		if (moved) taken.add(moved.id)
		return { ...match, known: moved }
	})
	return onceEach(matches).map((match) => withFreeId(match, own))
}

/** A story is given to the first item that is it. */
function onceEach<Known extends KnownStory>(matches: Array<Match<Known>>): Array<Match<Known>> {
	const taken = new Set<number>()
	return matches.filter(({ known }) => {
		if (!known) return true
		const isFirst = !taken.has(known.id)
		taken.add(known.id)
		return isFirst
	})
}

/** An item whose id another story of the source has goes by its link, or by its title and date. */
function withFreeId<Known extends KnownStory>(
	{ story, known }: Match<Known>,
	own: readonly Known[],
): Match<Known> {
	const { externalId, linkKey, textId } = story
	const holder = externalId === null ? undefined : own.find((one) => one.externalId === externalId)
	if (!holder || holder.id === known?.id) return { story, known }
	return { story: { ...story, externalId: linkKey === null ? textId : null }, known }
}

/** Whether an item with the id of a story is another all the same: title, link and date differ, as far as there are any. */
function isAnother(story: IncomingStory, known: KnownStory): boolean {
	if (sameTitle(story, known) || sameMoment(story, known)) return false
	if (ownId.test(story.externalId ?? '')) return false
	if (story.linkKey !== null && known.linkKey !== null) return story.linkKey !== known.linkKey
	return !universalId.test(story.externalId ?? '')
}

/** The same for an item with its link: some feeds lead to one page with all that they ever hold. */
function isAnotherAtLink(story: IncomingStory, known: KnownStory): boolean {
	const isOtherId =
		story.externalId !== null && known.externalId !== null && story.externalId !== known.externalId
	return isOtherId && story.moment !== null && !sameTitle(story, known) && !sameMoment(story, known)
}

/** The same title at the same moment; where there is no date, under the same path at another host. */
function hasMoved(story: IncomingStory, known: KnownStory): boolean {
	if (!sameTitle(story, known)) return false
	if (story.moment !== null) return sameMoment(story, known)
	const [here, there] = [story.linkKey, known.linkKey].map((key) => key?.replace(/^[^/]*/, ''))
	return here !== undefined && here !== '' && here === there
}

function sameMoment({ moment }: IncomingStory, { publishedAt }: KnownStory): boolean {
	return moment !== null && moment.getTime() === publishedAt.getTime()
}

function sameTitle(one: { title: string }, other: { title: string }): boolean {
	return one.title.trim().toLowerCase() === other.title.trim().toLowerCase()
}
