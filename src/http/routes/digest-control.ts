import { cancelDigest, pauseDigest, resumeDigest } from '../../deliveries/index.ts'
import { digestProgress } from '../../digests/index.ts'
import { recordAudit } from '../../staff/index.ts'
import { defineRoute, type Route } from '../route.ts'
import { progressAnswer, progressToAnswer } from './digest-answers.ts'
import { describeErrors, idParams } from './staff-answers.ts'

export type DigestControlDeps = Parameters<typeof pauseDigest>[0] & { config: { publicUrl: string } }

const actions = {
	pause: {
		act: pauseDigest,
		summary: 'Pause a digest',
		description:
			'Within 2 seconds no process begins another message; those under way are finished. Twice is fine.',
	},
	resume: {
		act: resumeDigest,
		summary: 'Let a paused digest go on',
		description: 'It goes on with whoever is still due. Twice is fine.',
	},
	cancel: {
		act: cancelDigest,
		summary: 'Cancel a digest for good',
		description:
			'Who is still due gets nothing and counts as excluded, by the reason `cancelled`; `accepted` tells who got it. Twice is fine.',
	},
}

/** What staff may do with a digest that is under way. */
export function digestControlRoutes(deps: DigestControlDeps): Route[] {
	return (['pause', 'resume', 'cancel'] as const).map((action) =>
		defineRoute({
			tag: 'Digests',
			access: 'staff',
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
				if (await actions[action].act(deps, params.id)) {
					await recordAudit(deps, { actor: request.actor, action, subject: `digest:${params.id}` })
				}
				const progress = await digestProgress(deps, params.id)
				return {
					json: progressToAnswer(progress, deps.config.publicUrl),
					headers: { 'Cache-Control': 'no-store' },
				}
			},
		}),
	)
}
