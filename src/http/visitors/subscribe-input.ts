import { z } from 'zod'

export const slug = z
	.string()
	.regex(/^[a-z0-9-]{1,50}$/)
	.meta({ description: 'The newsletter', example: 'news' })

export const locale = z.string().max(35)

/** What a form sends, of ours or pasted into another site. */
export const formBody = z.object({
	email: z.string().default(''),
	locale: locale.optional().catch(undefined).meta({ description: 'The language of the form' }),
	website: z.string().optional().meta({ description: 'Hidden from people: what fills it is a machine' }),
	started: z.string().optional().meta({ description: 'When a page of ours was shown' }),
	wording: z.coerce
		.number()
		.int()
		.min(1)
		.max(1_000_000)
		.optional()
		.catch(undefined)
		.meta({ description: 'The version of the wording that stands above the button' }),
	meant: z
		.string()
		.optional()
		.meta({ description: 'The address that the person takes instead of the typed one' }),
	asked: z.string().optional().meta({ description: 'The address that the person was asked about already' }),
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
	})
	.meta({ id: 'SubscriptionInput' })
