import { z } from 'zod'
import type { Messages } from '../../../kernel/messages.ts'
import {
	changeByStaff,
	type EraseDeps,
	eraseReader,
	explainDigest,
	findReaders,
	getReaderByAddress,
	showReader,
	unsubscribeByStaff,
} from '../../../subscriptions/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams, slugParams } from '../staff-answers.ts'
import {
	changedAnswer,
	digestForReaderAnswer,
	erasureAnswer,
	foundReaders,
	leftAnswer,
	readerAnswer,
	readerChanges,
	toDigestAnswer,
	toReaderAnswer,
} from './reader-answers.ts'

export type ReadersDeps = EraseDeps & { messages: Messages }

const shared = { tag: 'Readers' } as const

/** Persons: what is kept of them, and what the law lets them ask for. No address stands in a path or a log. */
export function readerRoutes(deps: ReadersDeps): Route[] {
	return [findRoute(deps), ...readRoutes(deps), ...changeRoutes(deps)]
}

const mostFound = 50

const address = z.string().max(1_000).meta({ example: 'reader@example.org' })

function findRoute(deps: ReadersDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'subscribers.read' },
		method: 'post',
		path: '/api/v1/readers/find',
		summary: 'Find persons by their address or its beginning',
		description: 'A POST, so that no address stands in a path or a log. With `exact` there is one, or 404.',
		body: z.strictObject({ address, exact: z.boolean().default(false) }),
		responses: {
			200: { description: 'In the order of their addresses, 50 at most', schema: foundReaders },
			...describeErrors(400, 401, 404, 422),
		},
		handle: async ({ body, request }) => {
			if (body.exact) {
				const found = await getReaderByAddress(deps, body.address, request.actor)
				return { json: { items: [found], more: false } }
			}
			const wanted = { beginning: body.address, limit: mostFound + 1 }
			const found = await findReaders(deps, wanted, request.actor)
			return { json: { items: found.slice(0, mostFound), more: found.length > mostFound } }
		},
	})
}

function readRoutes(deps: ReadersDeps): Route[] {
	const { messages } = deps
	const read = { ...shared, access: { permission: 'subscribers.read' }, method: 'get' } as const
	const whole = (description: string) => ({
		200: { description, schema: readerAnswer },
		...describeErrors(401, 404, 422),
	})
	return [
		defineRoute({
			...read,
			path: '/api/v1/readers/{id}',
			summary: 'A person, with all that happened',
			params: idParams,
			responses: whole('The person'),
			handle: async ({ params, request }) => {
				const reader = await showReader(deps, { ...params, action: 'show' }, request.actor)
				return { json: toReaderAnswer(reader, messages, request.locale) }
			},
		}),
		defineRoute({
			...read,
			path: '/api/v1/readers/{id}/export',
			summary: 'Everything that is kept of a person, to hand over',
			params: idParams,
			responses: whole('The same as the person, as a file'),
			handle: async ({ params, request }) => {
				const reader = await showReader(deps, { ...params, action: 'export' }, request.actor)
				const headers = { 'Content-Disposition': `attachment; filename="reader-${params.id}.json"` }
				return { json: toReaderAnswer(reader, messages, request.locale), headers }
			},
		}),
		defineRoute({
			...read,
			path: '/api/v1/readers/{id}/digests/{digestId}',
			summary: 'Why a person got a digest, or did not',
			params: idParams.extend({ digestId: idParams.shape.id }),
			responses: {
				200: { description: 'The delivery, or why there is none', schema: digestForReaderAnswer },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, request }) => {
				const found = await explainDigest(deps, params, request.actor)
				return { json: toDigestAnswer(found, messages, request.locale) }
			},
		}),
	]
}

function changeRoutes(deps: ReadersDeps): Route[] {
	const change = { ...shared, access: { permission: 'subscribers.change' }, method: 'post' } as const
	return [
		defineRoute({
			...change,
			path: '/api/v1/readers/{id}/unsubscribe',
			summary: 'Unsubscribe a person',
			description: 'From one newsletter, or from all; each leaves a receipt. A second time changes nothing.',
			params: idParams,
			body: z.strictObject({
				newsletter: z.string().max(100).optional().meta({ description: 'Only this one', example: 'news' }),
			}),
			bodyOptional: true,
			responses: {
				200: { description: 'What was left', schema: leftAnswer },
				...describeErrors(400, 401, 404, 422),
			},
			handle: async ({ params, body, request }) => ({
				json: await unsubscribeByStaff(deps, { ...params, ...body }, request.actor),
			}),
		}),
		defineRoute({
			...change,
			method: 'patch',
			path: '/api/v1/readers/{id}/subscriptions/{slug}',
			summary: 'Change what a person gets of a newsletter',
			description: 'At their wish; each change leaves a receipt. What is not given stays as it is.',
			params: idParams.extend(slugParams.shape),
			body: readerChanges,
			responses: {
				200: { description: 'Whether anything was changed', schema: changedAnswer },
				...describeErrors(400, 401, 404, 422),
			},
			handle: async ({ params, body, request }) => ({
				json: await changeByStaff(deps, { id: params.id, newsletter: params.slug }, body, request.actor),
			}),
		}),
		defineRoute({
			...change,
			path: '/api/v1/readers/erase',
			summary: 'Erase a person',
			description:
				'For good. What proves consent stays without the person; the keyed hash of the address is suppressed, so that no import brings it back: only who signs up and confirms anew is mailed again. A second time finds what came in since.',
			body: z.strictObject({ address }),
			responses: {
				200: { description: 'What was done', schema: erasureAnswer },
				...describeErrors(400, 401, 422),
			},
			handle: async ({ body, request }) => ({ json: await eraseReader(deps, body, request.actor) }),
		}),
	]
}
