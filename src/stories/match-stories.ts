import type { Locale } from '../kernel/messages.ts'
import type { IncomingStory } from './incoming-story.ts'
import type { Story } from './story.ts'

/** What identifies a stored story. */
export type KnownStory = Pick<
	Story,
	'id' | 'sourceId' | 'externalId' | 'linkKey' | 'locale' | 'title' | 'publishedAt'
>

type Match<Known> = { story: IncomingStory; known: Known | undefined }

// RFC 4287 §4.2.6: Atom ids are IRIs and unique everywhere; so are guids that look like one
const universalId = /^(?:https?:|urn:|tag:)/i
// ids that a system generates, and never gives to two items
const ownId =
	/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[?&](?:p|page_id)=\d+|\bpost-?\d{3,}/i

/**
 * Finds the stored story of each item. In this order: its id in this source; a universal id, then its link, in all sources
 * of the newsletter and language; the same title at the same moment in this source, as a site that moves changes ids
 * and links at once. Two exceptions: where the old id of a link is still in the feed, the link is not enough; and an
 * item that shares nothing but the id is another story, as some feeds give all items one id.
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

/** Where several items match a story, the first gets it. */
function onceEach<Known extends KnownStory>(matches: Array<Match<Known>>): Array<Match<Known>> {
	const taken = new Set<number>()
	return matches.filter(({ known }) => {
		if (!known) return true
		const isFirst = !taken.has(known.id)
		taken.add(known.id)
		return isFirst
	})
}

/** Where another story of the source has the id of an item, the item is identified by link, or title and date. */
function withFreeId<Known extends KnownStory>(
	{ story, known }: Match<Known>,
	own: readonly Known[],
): Match<Known> {
	const { externalId, linkKey, textId } = story
	const holder = externalId === null ? undefined : own.find((one) => one.externalId === externalId)
	if (!holder || holder.id === known?.id) return { story, known }
	return { story: { ...story, externalId: linkKey === null ? textId : null }, known }
}

/** Whether an item is another story in spite of the same id: title, link and date differ, where both have them. */
function isAnother(story: IncomingStory, known: KnownStory): boolean {
	if (sameTitle(story, known) || sameMoment(story, known)) return false
	if (ownId.test(story.externalId ?? '')) return false
	if (story.linkKey !== null && known.linkKey !== null) return story.linkKey !== known.linkKey
	return !universalId.test(story.externalId ?? '')
}

/** The same for a link: in some feeds all items lead to one page. */
function isAnotherAtLink(story: IncomingStory, known: KnownStory): boolean {
	const isOtherId =
		story.externalId !== null && known.externalId !== null && story.externalId !== known.externalId
	return isOtherId && story.moment !== null && !sameTitle(story, known) && !sameMoment(story, known)
}

/** The same title and moment; without a date, the same path at another host. */
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
