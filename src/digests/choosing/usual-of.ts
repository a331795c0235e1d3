import type { Rendition, Variant } from '../digest.ts'
import type { Chosen } from './choose-digest.ts'
import { groupOf } from './choose-for-profile.ts'

/** What readers get who chose nothing, a variant a language, with their renditions; `renditions` are those of all variants. */
export function usualOf(
	{ profiles, variants }: Pick<Chosen, 'profiles' | 'variants'>,
	renditions: readonly Rendition[] = [],
): { variants: Variant[]; renditions: Rendition[] } {
	const renditionOf = new Map([...variants.keys()].map((key, index) => [key, renditions[index]]))
	const keys = profiles.flatMap(({ profile, key }) => (profile.isUsual && key !== undefined ? [key] : []))
	return {
		variants: keys.flatMap((key) => variants.get(key) ?? []),
		renditions: keys.flatMap((key) => renditionOf.get(key) ?? []),
	}
}

/** One story of each group, in the order of the first language that has it. */
export function storyIdsOf(variants: readonly Variant[]): number[] {
	const known = new Set<number>()
	const ids: number[] = []
	for (const story of variants.flatMap(({ stories }) => stories)) {
		if (known.has(groupOf(story))) continue
		known.add(groupOf(story))
		ids.push(story.id)
	}
	return ids
}
