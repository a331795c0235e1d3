import { z } from 'zod'
import { lineInput } from '../../kernel/text-input.ts'
import { newsletterLocales } from '../defaults/index.ts'
import { slugPattern } from '../newsletter.ts'

const slug = z
	.string()
	.max(60)
	.regex(slugPattern)
	.meta({ description: 'What stories, sources and rules name it by; never changed.', example: 'water' })

const name = lineInput(60).meta({ description: 'What readers see.', example: 'Water' })
const description = lineInput(140, 0)
	.optional()
	.meta({ description: 'One line below the name.', example: 'Wells, rivers, and who looks after them' })

const locale = z.enum(newsletterLocales as [string, ...string[]])

const texts = z
	.partialRecord(locale, z.strictObject({ name, description }))
	.refine((given) => Object.keys(given).length > 0, 'errors.field.required')
	.meta({
		description: 'Its name and description, by language.',
		example: { en: { name: 'Water' }, fr: { name: 'Eau' } },
	})

export const topicInput = z.strictObject({ slug, texts })

const changedTexts = z
	.partialRecord(locale, z.strictObject({ name: name.optional(), description }))
	.refine(
		(given) => Object.values(given).some((text) => Object.keys(text ?? {}).length > 0),
		'errors.field.required',
	)
	.meta({
		description:
			'Its name, its description, or both, by language; a language that is new to it needs a name.',
		example: { en: { description: 'Wells and rivers' } },
	})

/** What may be changed of a topic; texts of languages that are not given stay. */
export const topicChanges = z
	.strictObject({
		texts: changedTexts,
		archived: z.boolean().meta({
			description: 'An archived topic is no longer offered, and counts for nothing until it is brought back.',
		}),
	})
	.partial()

export const topicOrder = z.strictObject({
	topics: z
		.array(slug)
		.max(200)
		.meta({ description: 'The topics in their new order; those that are not named follow.' }),
})

export const topicRuleInput = z.strictObject({
	topic: slug,
	category: lineInput(100).meta({
		description: 'A category of a feed, compared without case and accents.',
		example: 'Eau potable',
	}),
	sourceId: z
		.int()
		.positive()
		.nullable()
		.optional()
		.meta({ description: 'Only of this source; of all where none is named.' }),
})

export type TopicInput = z.output<typeof topicInput>
export type TopicChanges = z.output<typeof topicChanges>
export type TopicRuleInput = z.output<typeof topicRuleInput>
