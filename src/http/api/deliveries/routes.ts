import { z } from 'zod'
import { listDeliveries, sendTestDigest, type TestResult } from '../../../deliveries/index.ts'
import { getDigest } from '../../../digests/index.ts'
import { deliveryStates } from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { getNewsletter, newsletterLocales } from '../../../newsletters/index.ts'
import { describeReply } from '../../server/describe-reply.ts'
import { idCursor, pageAnswer, pageParams, toPage } from '../../server/paging.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { digestRequestFields, withoutEmptyLanguages } from '../digests/digest-answers.ts'
import { describeErrors, idParams, instant, slugParams } from '../staff-answers.ts'

export type DeliveriesDeps = Parameters<typeof sendTestDigest>[0]

const shared = { tag: 'Digests' } as const

/** Who a digest goes to: tests, and the ledger of its deliveries. */
export function deliveryRoutes(deps: DeliveriesDeps): Route[] {
	const tell = (locale: Locale, kept: string | null) =>
		kept === null ? null : describeReply(deps.messages, locale, kept)
	return [
		defineRoute({
			...shared,
			access: { permission: 'digests.test' },
			method: 'post',
			path: '/api/v1/newsletters/{slug}/digests/test',
			summary: 'Send a test',
			description:
				'What a digest would be now, to a few addresses, marked as a test. Nothing is stored and its stories stay new.',
			params: slugParams,
			body: testWish,
			responses: {
				200: { description: 'What became of each message', schema: testAnswer },
				...describeErrors(400, 401, 404, 409, 422),
			},
			handle: async ({ params, body, request }) => {
				const { id } = await getNewsletter(deps, params)
				const sent = await sendTestDigest(deps, id, body, request.actor)
				if (sent.kind === 'nothing_new') return { json: sent }
				const results = sent.results.map(({ address, locale, outcome }) => ({
					address,
					locale,
					outcome: outcome.kind,
					reply: tell(request.locale, replyOf(outcome)),
				}))
				return { json: { kind: 'sent', results } }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'subscribers.read' },
			method: 'get',
			path: '/api/v1/digests/{id}/deliveries',
			summary: 'The deliveries of a digest, with addresses',
			params: idParams,
			query: deliveryQuery,
			responses: {
				200: { description: 'A page of them', schema: deliveryPage },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, query, request }) => {
				await getDigest(deps, params.id)
				const found = await listDeliveries(deps, params.id, { ...query, limit: query.limit + 1 })
				const { items, next } = toPage(found, query.limit, (last) => idCursor.write(last.subscriptionId))
				const told = items.map((delivery) => ({ ...delivery, reply: tell(request.locale, delivery.reply) }))
				return { json: { items: told, next } }
			},
		}),
	]
}

function replyOf(outcome: TestResult['outcome']): string | null {
	if ('reply' in outcome) return outcome.reply
	return 'reason' in outcome ? outcome.reason : null
}

const testWish = z
	.strictObject({
		...digestRequestFields,
		addresses: z.array(z.string().max(1_000)).min(1).max(10).meta({ description: 'Where the test goes.' }),
		locale: z
			.enum(newsletterLocales as [string, ...string[]])
			.optional()
			.meta({ description: 'Only this language; all that the digest has where none is given.' }),
	})
	.transform(withoutEmptyLanguages)

const testAnswer = z.object({
	kind: z.enum(['sent', 'nothing_new']),
	results: z
		.array(
			z.object({
				address: z.string(),
				locale: z.string(),
				outcome: z.enum(['accepted', 'refused', 'not_sent', 'in_doubt', 'suppressed']),
				reply: z.string().nullable().meta({ description: 'What the relay said, or why Envoi sent nothing' }),
			}),
		)
		.optional(),
})

const deliveryQuery = z.strictObject({
	state: z.enum(deliveryStates).optional(),
	...pageParams(idCursor, { max: 1_000, usual: 100, describe: 'Deliveries a page.' }),
})

const deliveryPage = pageAnswer(
	z.object({
		subscriptionId: z.int(),
		address: z.string(),
		state: z.enum(deliveryStates),
		attempts: z.int(),
		dueAt: instant,
		reply: z.string().nullable().meta({
			description: 'What the relay said, or why Envoi sent nothing; of one that is excluded, the reason',
		}),
		changedAt: instant,
	}),
)

export type TestAnswer = z.infer<typeof testAnswer>
export type DeliveryPageAnswer = z.infer<typeof deliveryPage>
