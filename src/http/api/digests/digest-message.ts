import { z } from 'zod'
import { type ComposeMessageDeps, composeMessage } from '../../../deliveries/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams } from '../staff-answers.ts'

export type DigestMessageDeps = ComposeMessageDeps

/** The message that one reader is sent. The address is in the body: those in URLs end up in logs. */
export function digestMessageRoutes(deps: DigestMessageDeps): Route[] {
	return [
		defineRoute({
			tag: 'Digests',
			access: { permission: 'subscribers.read' },
			method: 'post',
			path: '/api/v1/digests/{id}/message',
			summary: 'The message that a reader is sent',
			description:
				'All of it as SMTP carries it, signed where a key is set. Its Date, and the times in its signatures, are those of this answer. It holds the reader’s own links: who has it can unsubscribe them.',
			params: idParams,
			body: z.strictObject({ to: z.string().min(1).meta({ example: 'awa@example.net' }) }),
			responses: {
				200: { description: 'The message', contentType: 'message/rfc822' },
				...describeErrors(400, 401, 404, 422),
			},
			handle: async ({ params, body, request }) => {
				const message = await composeMessage(deps, params.id, body.to, request.actor)
				return {
					text: message.toString(),
					contentType: 'message/rfc822',
				}
			},
		}),
	]
}
