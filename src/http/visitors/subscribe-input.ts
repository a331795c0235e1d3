import { z } from 'zod'

export const slug = z
	.string()
	.regex(/^[a-z0-9-]{1,50}$/)
	.meta({ description: 'The newsletter', example: 'news' })

/** Of checkboxes a form sends none, one or several. */
export const names = z
	.union([z.string().max(60), z.array(z.string().max(60)).max(200)])
	.default([])
	.transform((given) => [given].flat())

export const locale = z.string().max(35)

/** Which consent was shown. What is no version says nothing. */
export const shownVersion = z.coerce
	.number()
	.int()
	.min(1)
	.max(1_000_000)
	.optional()
	.catch(undefined)
	.meta({ description: 'The version of the wording that stood above the button' })

/** What a form sends, of ours or pasted into another site. */
export const formBody = z.object({
	email: z.string().default(''),
	locale: locale.optional().catch(undefined).meta({ description: 'The language of the form' }),
	language: locale
		.optional()
		.catch(undefined)
		.meta({ description: 'The language of the digests, where it is asked for' }),
	topics: names.meta({ description: 'The topics that were chosen, where they are asked for' }),
	offered: names.meta({ description: 'The topics that the form showed' }),
	new_topics: z.string().optional().meta({ description: 'Sent where topics to come are wanted too.' }),
	given_name: z
		.string()
		.optional()
		.meta({ description: 'What the person wishes to be called, where it is asked for', example: 'Amina' }),
	website: z.string().optional().meta({ description: 'Hidden from people: what fills it is a machine' }),
	started: z.string().optional().meta({ description: 'When a page of ours was shown' }),
	altcha: z
		.string()
		.optional()
		.meta({ description: 'The solution of the challenge, where one is asked for' }),
	wording: shownVersion,
	meant: z
		.string()
		.optional()
		.meta({ description: 'The address that the person takes instead of the typed one' }),
	asked: z.string().optional().meta({ description: 'The address that the person was asked about already' }),
	thanks: z.string().optional().meta({
		description:
			'The page of another site to lead to, once the address is taken; heeded on the newsletter’s sites alone',
	}),
	return: z.string().optional().meta({
		description: 'The page of another site to offer a link back to; heeded on the newsletter’s sites alone',
	}),
})

/** What a program sends. */
export const jsonBody = z
	.strictObject({
		email: z.string().meta({ example: 'ada@example.org' }),
		locale: locale.optional().meta({
			description:
				'Without it, or where the newsletter lacks it: what Accept-Language asks for, else the default',
			example: 'fr',
		}),
		topics: z
			.array(z.string().max(60))
			.max(200)
			.optional()
			.meta({
				description:
					'Only these, by their slugs; without it all of them. Heeded where the newsletter asks for topics.',
				example: ['water'],
			}),
		newTopics: z.boolean().optional().meta({
			description:
				'Topics to come, too; without it only where no topics are named. Heeded where the newsletter asks for topics.',
		}),
		altcha: z.string().optional().meta({
			description:
				'The solution of the challenge. Without it, where one is asked for, the sign-up is taken within smaller caps.',
		}),
		givenName: z.string().optional().meta({
			description:
				'What the person wishes to be called; 60 characters at most. Heeded where the newsletter asks for it.',
			example: 'Amina',
		}),
	})
	.meta({ id: 'SubscriptionInput' })
