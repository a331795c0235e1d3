import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import {
	growthPeriods,
	subscriberDayKinds,
	subscriptionSources,
	subscriptionStates,
} from '../../../kernel/enumerations.ts'
import { getNewsletter } from '../../../newsletters/index.ts'
import {
	checkTallies,
	countSubscriptions,
	listSubscriberDays,
	readGrowth,
} from '../../../subscriptions/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, slugParams } from '../staff-answers.ts'

type Deps = { db: Database; clock: Clock }

const read = { access: { permission: 'newsletters.read' }, method: 'get', tag: 'Newsletters' } as const

/** How many are subscribed, and who came and went: from tallies, without any address. */
export function tallyRoutes(deps: Deps): Route[] {
	return [
		defineRoute({
			...read,
			path: '/api/v1/newsletters/{slug}/subscriptions/counts',
			summary: 'How many are subscribed',
			params: slugParams,
			responses: {
				200: { description: 'By state, language, source and topics', schema: countsAnswer },
				...describeErrors(401, 404),
			},
			handle: async ({ params }) => {
				const { id } = await getNewsletter(deps, params)
				return { json: await countSubscriptions(deps, id) }
			},
		}),
		defineRoute({
			...read,
			path: '/api/v1/newsletters/{slug}/subscriptions/days',
			summary: 'Who joined and left, by day',
			description: 'Days are in UTC; one on which nothing happened is left out.',
			params: slugParams,
			query: z.strictObject({
				days: z.coerce
					.number()
					.int()
					.min(1)
					.max(3_660)
					.default(30)
					.meta({ description: 'How many days, today among them' }),
			}),
			responses: {
				200: { description: 'The oldest first', schema: daysAnswer },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, query }) => {
				const { id } = await getNewsletter(deps, params)
				return { json: { items: await listSubscriberDays(deps, id, query.days) } }
			},
		}),
		growthRoute(deps),
		defineRoute({
			...read,
			path: '/api/v1/subscriptions/check',
			summary: 'Whether the counts are right',
			description: 'Compares the tallies, which all counts are read from, with the subscriptions themselves.',
			responses: {
				200: { description: 'Where they differ; nowhere, if all is well', schema: checkAnswer },
				...describeErrors(401),
			},
			handle: async () => ({ json: { differences: await checkTallies(deps) } }),
		}),
	]
}

function growthRoute(deps: Deps): Route {
	return defineRoute({
		...read,
		path: '/api/v1/newsletters/{slug}/subscriptions/growth',
		summary: 'How a newsletter grew, by day, week or month',
		description:
			'By language and source, from tallies. Days are in UTC, weeks begin on Mondays; where nothing happened there is nothing.',
		params: slugParams,
		query: z.strictObject({
			by: z.enum(growthPeriods).default('day'),
			from: day.optional().meta({
				description: 'The first day; without it the last 30 days, 26 weeks or a year',
			}),
			to: day.optional().meta({ description: 'The last day; without it today' }),
		}),
		responses: {
			200: { description: 'The oldest first', schema: growthAnswer },
			...describeErrors(401, 404, 422),
		},
		handle: async ({ params, query }) => {
			const { id } = await getNewsletter(deps, params)
			return { json: { items: await readGrowth(deps, { newsletterId: id, ...query }) } }
		},
	})
}

const day = z.iso.date()

const cameBy = {
	source: z.enum(subscriptionSources).meta({
		description: 'How they came: from Envoi’s own page, from a form on another site, from a program',
	}),
	sourceHost: z.string().nullable().meta({
		description: 'The site that the form stood on; `other` where there are many, null where it did not say',
	}),
}

const counts = z.record(z.string(), z.int())

const countsAnswer = z.object({
	pending: z.int().meta({ description: 'Not confirmed yet' }),
	active: z.int(),
	unsubscribed: z.int(),
	suppressed: z.int().meta({ description: 'Active, but their address must not be mailed' }),
	paused: z.int().meta({ description: 'Active, but their readers want nothing for a while' }),
	activeByLocale: counts,
	activeBySource: counts.meta({ description: 'By how they came' }),
	activeAllTopics: z.int().meta({ description: 'Who wants all topics and those to come' }),
	activeByTopic: counts.meta({ description: 'Who chose among the topics; who chose two counts twice' }),
	activeRoundUp: z.int().meta({ description: 'Who wants the round-up' }),
})

const daysAnswer = z.object({
	items: z.array(
		z.object({
			day,
			kind: z.enum(subscriberDayKinds),
			locale: z.string(),
			...cameBy,
			count: z.int(),
		}),
	),
})

const number = z.int()

const growthAnswer = z.object({
	items: z.array(
		z.object({
			period: day.meta({ description: 'The day that it begins on' }),
			locale: z.string(),
			...cameBy,
			joined: number.meta({ description: 'Signed up' }),
			confirmed: number,
			cameBack: number,
			bounced: number.meta({ description: 'Whose address is not mailed any more, as mail came back' }),
			left: z
				.object({ page: number, oneClick: number, mail: number, complaint: number, staff: number })
				.meta({ description: 'By which way' }),
		}),
	),
})

const checkAnswer = z.object({
	differences: z.array(
		z.object({
			newsletter: z.string(),
			state: z.enum(subscriptionStates),
			locale: z.string(),
			profileId: z.int().nullable().meta({ description: 'The choices; null: all topics' }),
			source: z.enum(subscriptionSources),
			tallied: z.int(),
			counted: z.int(),
		}),
	),
})

export type GrowthAnswer = z.infer<typeof growthAnswer>
export type CountsAnswer = z.infer<typeof countsAnswer>
export type TallyCheckAnswer = z.infer<typeof checkAnswer>
