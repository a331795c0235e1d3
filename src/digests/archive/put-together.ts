import type { Locale } from '../../kernel/messages.ts'
import type { Chosen } from '../choosing/choose-digest.ts'
import { groupOf } from '../choosing/choose-for-profile.ts'
import { usualOf } from '../choosing/usual-of.ts'
import type { Rendition } from '../digest.ts'

/** What a page of the archive is made of. */
export type PageSource = Pick<Rendition, 'locale' | 'subject' | 'preheader' | 'stories'>

/**
 * For each language that readers get a digest in, what who wants all topics gets of it; where those get nothing, all stories that
 * others get, each once. `renditions` are those of `chosen.variants`, in their order.
 */
export function putTogether(
	chosen: Pick<Chosen, 'profiles' | 'variants'>,
	renditions: readonly Rendition[],
): PageSource[] {
	const usual = usualOf(chosen, renditions).renditions
	const covered = new Set(usual.map(({ locale }) => locale))
	const others = renditions.filter(({ locale }) => !covered.has(locale))
	return [...usual, ...[...Map.groupBy(others, ({ locale }) => locale)].map(unite)]
}

function unite([locale, renditions]: [Locale, readonly Rendition[]]): PageSource {
	const largest = renditions.toSorted((a, b) => b.stories.length - a.stories.length)
	const { subject = '', preheader = '' } = largest[0] ?? {}
	const byGroup = new Map(
		largest.flatMap(({ stories }) => stories.map((story) => [groupOf(story), story] as const)),
	)
	return { locale, subject, preheader, stories: [...byGroup.values()] }
}
