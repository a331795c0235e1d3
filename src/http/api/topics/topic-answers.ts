import { z } from 'zod'
import type { Topic } from '../../../newsletters/index.ts'
import { instant } from '../staff-answers.ts'

export const topicAnswer = z
	.object({
		slug: z.string().meta({ example: 'water' }),
		position: z.int().meta({ description: 'From 1 on' }),
		texts: z.record(z.string(), z.object({ name: z.string(), description: z.string() })).meta({
			description: 'By language',
			example: { en: { name: 'Water', description: '' } },
		}),
		archivedAt: instant.nullable().meta({ description: 'Since when it is no longer offered' }),
	})
	.meta({ id: 'Topic' })

export const ruleAnswer = z
	.object({
		id: z.int(),
		topic: z.string().meta({ example: 'water' }),
		category: z.string().meta({ description: 'In lower case, without accents', example: 'eau potable' }),
		sourceId: z.int().nullable().meta({ description: 'Only of this source' }),
	})
	.meta({ id: 'TopicRule' })

export const rulePreviewAnswer = z
	.object({
		lookedAt: z.int().meta({ description: 'How many stories were looked at' }),
		matching: z.array(
			z.object({ id: z.int(), title: z.string(), locale: z.string(), categories: z.array(z.string()) }),
		),
	})
	.meta({ id: 'TopicRulePreview' })

export type TopicAnswer = z.infer<typeof topicAnswer>
export type TopicRuleAnswer = z.infer<typeof ruleAnswer>
export type RulePreviewAnswer = z.infer<typeof rulePreviewAnswer>

export function toAnswer({ slug, position, texts, archivedAt }: Topic) {
	const byLocale = texts.map(({ locale, name, description }) => [locale, { name, description }] as const)
	return { slug, position, texts: Object.fromEntries(byLocale), archivedAt }
}
