import { z } from 'zod'
import type { Database } from '../../../kernel/database.ts'
import { getNewsletter } from '../../../newsletters/index.ts'
import { countLeaving, listLeavingComments } from '../../../subscriptions/index.ts'
import { pageAnswer, pageParams, timeCursor, toPage } from '../../server/paging.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, instant, slugParams } from '../staff-answers.ts'

const read = { access: { permission: 'subscribers.read' }, method: 'get', tag: 'Readers' } as const
const cursor = timeCursor(/^[1-9]\d{0,15}$/)

/** Why people left, without any address. */
export function leavingRoutes(deps: { db: Database }): Route[] {
	return [
		defineRoute({
			...read,
			path: '/api/v1/newsletters/{slug}/leaving',
			summary: 'Why people left, by month and by digest',
			params: slugParams,
			responses: {
				200: {
					description: 'The newest first; `reason` is null where none was given',
					schema: leavingAnswer,
				},
				...describeErrors(401, 404),
			},
			handle: async ({ params }) => {
				const { id } = await getNewsletter(deps, params)
				const { months, digests } = await countLeaving(deps, id)
				return {
					json: {
						months: months.map(({ of: month, ...rest }) => ({ month, ...rest })),
						digests: digests.map(({ of, ...rest }) => ({ digestId: Number(of), ...rest })),
					},
				}
			},
		}),
		defineRoute({
			...read,
			path: '/api/v1/newsletters/{slug}/leaving/comments',
			summary: 'What people wrote when they left',
			params: slugParams,
			query: z.strictObject(pageParams(cursor, { max: 200, usual: 50, describe: 'Comments a page.' })),
			responses: {
				200: { description: 'The newest first', schema: commentsAnswer },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, query: { after, limit } }) => {
				const { id: newsletterId } = await getNewsletter(deps, params)
				const found = await listLeavingComments(deps, { newsletterId, after, limit: limit + 1 })
				const { items, next } = toPage(found, limit, ({ at, id }) =>
					cursor.write({ time: at, key: String(id) }),
				)
				return { json: { items: items.map(({ id: _, ...comment }) => comment), next } }
			},
		}),
	]
}

const reason = z.string().nullable()
const count = z.int().min(1)

const leavingAnswer = z.object({
	months: z.array(
		z.object({ month: z.string().meta({ description: 'In UTC', example: '2026-11' }), reason, count }),
	),
	digests: z.array(z.object({ digestId: z.int(), reason, count })),
})

const commentsAnswer = pageAnswer(
	z.object({
		at: instant,
		reason,
		comment: z.string(),
		digestId: z.int().nullable().meta({ description: 'The digest whose link was followed' }),
	}),
)

export type LeavingAnswer = z.infer<typeof leavingAnswer>
export type LeavingCommentsAnswer = z.infer<typeof commentsAnswer>
