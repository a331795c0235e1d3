import { createHash } from 'node:crypto'
import { z } from 'zod'
import { digestStatus } from '../../../bounces/index.ts'
import { explainPreview, listDigests, triggerDigest } from '../../../digests/index.ts'
import type { Messages } from '../../../kernel/messages.ts'
import { getNewsletter } from '../../../newsletters/index.ts'
import { mailWayOf } from '../../operation/mail-way.ts'
import { describeReply } from '../../server/describe-reply.ts'
import { idCursor, toPage } from '../../server/paging.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams, slugParams } from '../staff-answers.ts'
import {
	digestPage,
	digestQuery,
	digestRequest,
	digestToAnswer,
	previewAnswer,
	progressAnswer,
	progressToAnswer,
	triggeredAnswer,
} from './digest-answers.ts'

export type DigestsDeps = Parameters<typeof triggerDigest>[0] &
	Parameters<typeof explainPreview>[0] & { messages: Messages; captured: object | undefined }

const shared = { tag: 'Digests' } as const

/** Digests: previewed, triggered, and what became of them. */
export function digestRoutes(deps: DigestsDeps): Route[] {
	return [previewNextDigest(deps), sendDigest(deps), listDigestsOfNewsletter(deps), showDigest(deps)]
}

function previewNextDigest(deps: DigestsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'digests.prepare' },
		method: 'post',
		path: '/api/v1/newsletters/{slug}/digests/preview',
		summary: 'Preview the next digest',
		description:
			'As it would be sent now to readers who chose nothing, a rendition a language; none where nothing is new. Tells what is left out and why, and who would get what. Nothing is stored.',
		params: slugParams,
		body: digestRequest,
		bodyOptional: true,
		responses: {
			200: { description: 'The renditions', schema: previewAnswer },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, body }) => {
			const { id } = await getNewsletter(deps, params)
			const { renditions, audience, leftOut, missing } = await explainPreview(deps, id, body)
			return {
				json: {
					audience,
					renditions: renditions.map(({ nonce: _, webHtml: __, stories, ...rendition }) => ({
						...rendition,
						htmlBytes: Buffer.byteLength(rendition.html),
						stories: stories.map(({ id, locale, title, link }) => ({ id, locale, title, link })),
					})),
					...(leftOut.length > 0 && { leftOut }),
					...(missing.length > 0 && { missing }),
				},
			}
		},
	})
}

function sendDigest(deps: DigestsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'digests.send' },
		method: 'post',
		path: '/api/v1/newsletters/{slug}/digests',
		summary: 'Send a digest',
		description:
			'Takes what is new and sends it to all who are subscribed. With the header `Idempotency-Key`, the same request again sends nothing twice.',
		params: slugParams,
		headers: z.object({
			'idempotency-key': z
				.string()
				.regex(/^[\x21-\x7e]{1,200}$/, 'errors.digest.key')
				.optional()
				.meta({ description: 'Any text of 1 to 200 characters without spaces', example: '2025-05-week-1' }),
		}),
		body: digestRequest,
		bodyOptional: true,
		responses: {
			202: { description: 'It is being sent; `Location` tells its progress', schema: triggeredAnswer },
			200: { description: 'Nothing is new: nothing is sent', schema: triggeredAnswer },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, headers, body, request }) => {
			const { id } = await getNewsletter(deps, params)
			const triggered = await triggerDigest(deps, id, {
				...body,
				by: request.actor,
				key: headers['idempotency-key'],
				fingerprint: createHash('sha256').update(JSON.stringify(body)).digest('base64url'),
			})
			if (triggered.kind === 'nothing_new') return { json: { kind: 'nothing_new' } }
			const { digest } = triggered
			return {
				status: 202,
				headers: { Location: `/api/v1/digests/${digest.id}` },
				json: { ...triggered, digest: digestToAnswer(digest, deps.config.publicUrl) },
			}
		},
	})
}

function listDigestsOfNewsletter(deps: DigestsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'digests.read' },
		method: 'get',
		path: '/api/v1/newsletters/{slug}/digests',
		summary: 'The digests of a newsletter',
		params: slugParams,
		query: digestQuery,
		responses: {
			200: { description: 'Newest first', schema: digestPage },
			...describeErrors(401, 404, 422),
		},
		handle: async ({ params, query }) => {
			const { id } = await getNewsletter(deps, params)
			const found = await listDigests(deps, id, { before: query.after, limit: query.limit + 1 })
			const { items, next } = toPage(found, query.limit, (last) => idCursor.write(last.id))
			return { json: { items: items.map((digest) => digestToAnswer(digest, deps.config.publicUrl)), next } }
		},
	})
}

function showDigest(deps: DigestsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'digests.read' },
		method: 'get',
		path: '/api/v1/digests/{id}',
		summary: 'What became of a digest',
		description:
			'candidates = planned + excluded, and planned = accepted + refused + in doubt + due + bounced + complained.',
		params: idParams,
		responses: {
			200: { description: 'The digest and its sums', schema: progressAnswer },
			...describeErrors(401, 404),
		},
		handle: async ({ params, request }) => {
			const { progress, pauses, alert } = await digestStatus(deps, params.id)
			return {
				json: {
					...progressToAnswer(progress, deps.config.publicUrl),
					pauses: pauses.map((pause) => ({
						...pause,
						reason: describeReply(deps.messages, request.locale, pause.reason),
					})),
					alert,
					mail: mailWayOf(deps),
				},
			}
		},
	})
}
