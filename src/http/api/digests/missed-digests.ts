import { z } from 'zod'
import { dropMissed, listMissed, sendMissed } from '../../../digests/index.ts'
import { rhythms } from '../../../kernel/enumerations.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams, instant } from '../staff-answers.ts'
import { digestToAnswer, triggeredAnswer } from './digest-answers.ts'
import type { DigestsDeps } from './routes.ts'

const shared = { tag: 'Digests' } as const

/** Scheduled digests that were found too late, and wait for staff to say what becomes of them. */
export function missedDigestRoutes(deps: DigestsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'digests.read' },
			method: 'get',
			path: '/api/v1/missed-digests',
			summary: 'Scheduled digests that wait for a decision',
			description: 'They were found later than their newsletter’s schedule allows. Oldest first.',
			responses: { 200: { description: 'Those that wait', schema: missedPage }, ...describeErrors(401) },
			handle: async () => {
				const missed = await listMissed(deps)
				const items = missed.map(({ newsletterId: _, ...each }) => each)
				return { json: { items } }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'digests.send' },
			method: 'post',
			path: '/api/v1/missed-digests/{id}/send',
			summary: 'Send a missed digest after all',
			description: 'With what is new now.',
			params: idParams,
			responses: {
				202: { description: 'It is being sent; `Location` tells its progress', schema: triggeredAnswer },
				200: { description: 'Nothing is new: nothing is sent', schema: triggeredAnswer },
				...describeErrors(401, 404, 409),
			},
			handle: async ({ params, request }) => {
				const triggered = await sendMissed(deps, params.id, request.actor)
				if (triggered.kind === 'nothing_new') return { json: { kind: 'nothing_new' } }
				const { kind, digest } = triggered
				return {
					status: 202,
					headers: { Location: `/api/v1/digests/${digest.id}` },
					json: { kind, digest: digestToAnswer(digest, deps.config.publicUrl) },
				}
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'digests.send' },
			method: 'post',
			path: '/api/v1/missed-digests/{id}/drop',
			summary: 'Let a missed digest go',
			description: 'Its stories stay new.',
			params: idParams,
			responses: {
				200: { description: 'It is gone', schema: z.object({ kind: z.literal('dropped') }) },
				...describeErrors(401, 404),
			},
			handle: async ({ params, request }) => {
				await dropMissed(deps, params.id, request.actor)
				return { json: { kind: 'dropped' } }
			},
		}),
	]
}

const missedPage = z.object({
	items: z.array(
		z.object({
			id: z.int(),
			newsletter: z.string(),
			kind: z.enum(rhythms).meta({ description: 'Which readers it is for' }),
			occurrence: instant.meta({ description: 'When its schedule came up' }),
			foundAt: instant.meta({ description: 'When it was found to be too late' }),
		}),
	),
})

export type MissedPageAnswer = z.infer<typeof missedPage>
