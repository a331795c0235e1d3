import { z } from 'zod'
import { cancelSending, resendDeliveries, resumeSending } from '../../../deliveries/index.ts'
import { digestProgress, pauseDigest } from '../../../digests/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams } from '../staff-answers.ts'
import { progressAnswer, progressToAnswer, resendAnswer } from './digest-answers.ts'

export type DigestControlDeps = Parameters<typeof resumeSending>[0] & { config: { publicUrl: string } }

const actions = {
	pause: {
		act: pauseDigest,
		summary: 'Pause a digest',
		description:
			'Within 2 seconds no process begins another message; those under way are finished. Twice is fine.',
	},
	resume: {
		act: resumeSending,
		summary: 'Let a paused digest go on',
		description: 'It goes on with whoever is still due. Twice is fine.',
	},
	cancel: {
		act: cancelSending,
		summary: 'Cancel a digest for good',
		description:
			'Who is still due gets nothing and counts as excluded, by the reason `cancelled`; `accepted` tells who got it. Twice is fine.',
	},
}

/** What staff may do with a digest that is under way. */
export function digestControlRoutes(deps: DigestControlDeps): Route[] {
	const { publicUrl } = deps.config
	const resend = defineRoute({
		tag: 'Digests',
		access: { permission: 'digests.send' },
		method: 'post',
		path: '/api/v1/digests/{id}/resend',
		summary: 'Send again what was refused, or what is in doubt',
		description:
			'With the Message-ID that each message had. Who has unsubscribed or been suppressed meanwhile stays out.',
		params: idParams,
		body: z.strictObject({ state: z.enum(['refused', 'in_doubt']) }),
		responses: {
			200: { description: 'The digest, its sums, and how many are sent again', schema: resendAnswer },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, body, request }) => {
			const resent = await resendDeliveries(deps, params.id, body.state, request.actor)
			const progress = await digestProgress(deps, params.id)
			return {
				json: { ...progressToAnswer(progress, publicUrl), resent },
			}
		},
	})
	const controls = (['pause', 'resume', 'cancel'] as const).map((action) =>
		defineRoute({
			tag: 'Digests',
			access: { permission: 'digests.send' },
			method: 'post',
			path: `/api/v1/digests/{id}/${action}`,
			summary: actions[action].summary,
			description: actions[action].description,
			params: idParams,
			responses: {
				200: { description: 'The digest and its sums', schema: progressAnswer },
				...describeErrors(401, 404, 409),
			},
			handle: async ({ params, request }) => {
				await actions[action].act(deps, params.id, request.actor)
				const progress = await digestProgress(deps, params.id)
				return {
					json: progressToAnswer(progress, publicUrl),
				}
			},
		}),
	)
	return [...controls, resend]
}
