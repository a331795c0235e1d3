import { z } from 'zod'
import { lineInput, paragraphInput } from '../kernel/text-input.ts'
import { categoriesInput, localeInput, topicsInput, webAddress } from './input-parts.ts'
import { storyStates } from './story.ts'

const fields = {
	title: lineInput(300).meta({ description: 'Plain text.', example: 'IVCO 2022 meets in Senegal' }),
	summary: paragraphInput(2_000).meta({ description: 'A paragraph of plain text.' }),
	link: webAddress.nullable().meta({ description: 'Where the whole story is.' }),
	imageUrl: webAddress.nullable().meta({ description: 'An image that mail programs can load.' }),
	imageAlt: lineInput(300).nullable().meta({ description: 'What the image shows, for who does not see it.' }),
	author: lineInput(300).nullable(),
	categories: categoriesInput.meta({ description: 'Words that its source files it under.' }),
	topics: topicsInput.meta({ description: 'What it is about.' }),
	publishedAt: z.iso
		.datetime({ offset: true })
		.transform((text) => new Date(text))
		.meta({ description: 'Not in the future; now where nothing is said.' }),
}

const { title, ...others } = fields

/** A story that staff writes. */
export const storyInput = z.strictObject({
	locale: localeInput.meta({ description: 'The language it is written in.', example: 'fr' }),
	title,
	...z.object(others).partial().shape,
})

/** What staff may change of any story. */
export const storyChanges = z
	.strictObject({
		...fields,
		hidden: z.boolean().meta({ description: 'A hidden story goes into no digest.' }),
		backlog: z
			.boolean()
			.meta({ description: 'A story of the backlog goes into no digest; false releases it.' }),
	})
	.partial()

export const storyQuery = z.strictObject({
	locale: localeInput.optional(),
	state: z.enum(storyStates).optional(),
})

export const translationsInput = z.strictObject({
	storyIds: z.array(z.int().positive()).min(2).max(20).meta({
		description: 'Stories of one newsletter, each in another language. Those linked before stay linked.',
	}),
})

export type StoryInput = z.output<typeof storyInput>
export type StoryChanges = z.output<typeof storyChanges>
export type StoryQuery = z.output<typeof storyQuery>
