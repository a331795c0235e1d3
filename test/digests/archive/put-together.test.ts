import { expect, it } from 'vitest'
import { putTogether } from '../../../src/digests/archive/put-together.ts'
import type { DigestStory, Rendition } from '../../../src/digests/digest.ts'

type Chosen = Parameters<typeof putTogether>[0]

const story = (id: number, group: number | null = null) =>
	({ id, translationGroup: group, title: `Story ${id}` }) as DigestStory
const rendition = (locale: string, ids: readonly number[], subject = locale) =>
	({ locale, subject, preheader: '', stories: ids.map((id) => story(id)) }) as unknown as Rendition

function chosenOf(made: ReadonlyArray<{ rendition: Rendition; isUsual: boolean }>): Chosen {
	return {
		profiles: made.map(({ isUsual }, index) => ({ profile: { isUsual }, key: `${index}` })),
		variants: new Map(made.map((each, index) => [`${index}`, each.rendition])),
	} as unknown as Chosen
}

const idsOf = (sources: ReturnType<typeof putTogether>) =>
	sources.map(({ locale, subject, stories }) => [locale, subject, stories.map(({ id }) => id)])

it('The archive shows what readers of all topics get, in each language, without what others get beside it', () => {
	const made = [
		{ rendition: rendition('en', [1, 2]), isUsual: true },
		{ rendition: rendition('fr', [3]), isUsual: true },
		{ rendition: rendition('en', [2, 9]), isUsual: false },
	]
	expect(
		idsOf(
			putTogether(
				chosenOf(made),
				made.map((each) => each.rendition),
			),
		),
	).toEqual([
		['en', 'en', [1, 2]],
		['fr', 'fr', [3]],
	])
})

it('Where those get nothing it puts together what others get, each story once, the fullest first', () => {
	const made = [
		{ rendition: rendition('en', [1]), isUsual: true },
		{ rendition: rendition('fr', [4], 'one'), isUsual: false },
		{ rendition: rendition('fr', [5, 4, 6], 'three'), isUsual: false },
		{ rendition: rendition('fr', [7, 5], 'two'), isUsual: false },
	]
	expect(
		idsOf(
			putTogether(
				chosenOf(made),
				made.map((each) => each.rendition),
			),
		),
	).toEqual([
		['en', 'en', [1]],
		['fr', 'three', [5, 4, 6, 7]],
	])
})
