import { z } from 'zod'
import { sourceStates } from '../../../kernel/enumerations.ts'
import { getNewsletter } from '../../../newsletters/index.ts'
import {
	addSource,
	changeSource,
	listSources,
	pollSourceNow,
	removeSource,
	sourceChanges,
	sourceInput,
} from '../../../stories/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams, instant, pickFor, slugParams } from '../staff-answers.ts'

export type SourcesDeps = Parameters<typeof addSource>[0]

const shared = { tag: 'Sources' } as const

/** Sources: the feeds that newsletters take their stories from. */
export function sourceRoutes(deps: SourcesDeps): Route[] {
	return [listOfNewsletter(deps), add(deps), change(deps), remove(deps), pollNow(deps)]
}

function listOfNewsletter(deps: SourcesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'sources.read' },
		method: 'get',
		path: '/api/v1/newsletters/{slug}/sources',
		summary: 'The sources of a newsletter',
		params: slugParams,
		responses: {
			200: {
				description: 'In the order they were added',
				schema: z.object({ items: z.array(sourceAnswer) }),
			},
			...describeErrors(401, 404),
		},
		handle: async ({ params }) => {
			const { id: newsletterId } = await getNewsletter(deps, params)
			return { json: { items: (await listSources(deps, { newsletterId })).map(toAnswer) } }
		},
	})
}

function add(deps: SourcesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'sources.change' },
		method: 'post',
		path: '/api/v1/newsletters/{slug}/sources',
		summary: 'Add a source',
		description: 'It is polled at once. What it holds then is backlog, but for the `includeLatest` newest.',
		params: slugParams,
		body: sourceInput,
		responses: {
			201: { description: 'Added', schema: sourceAnswer },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, body, request }) => {
			const { id: newsletterId } = await getNewsletter(deps, params)
			const source = await addSource(deps, { ...body, newsletterId }, request.actor)
			return { status: 201, json: toAnswer(source) }
		},
	})
}

function change(deps: SourcesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'sources.change' },
		method: 'patch',
		path: '/api/v1/sources/{id}',
		summary: 'Change a source, pause it or set it going again',
		description: 'With another address it counts as a new source: what it then holds is backlog.',
		params: idParams,
		body: sourceChanges,
		responses: {
			200: { description: 'The source as it is now', schema: sourceAnswer },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, body, request }) => {
			const source = await changeSource(deps, { sourceId: params.id, changes: body }, request.actor)
			return { json: toAnswer(source) }
		},
	})
}

function remove(deps: SourcesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'sources.change' },
		method: 'delete',
		path: '/api/v1/sources/{id}',
		summary: 'Remove a source',
		description: 'Its stories go with it, but for those that a digest has.',
		params: idParams,
		responses: { 204: { description: 'Removed' }, ...describeErrors(401, 404) },
		handle: async ({ params, request }) => {
			await removeSource(deps, { sourceId: params.id }, request.actor)
			return { status: 204, empty: true }
		},
	})
}

function pollNow(deps: SourcesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'sources.change' },
		method: 'post',
		path: '/api/v1/sources/{id}/poll',
		summary: 'Poll a source now',
		description: 'The poll happens in the background: `lastPolledAt` tells when it is over.',
		params: idParams,
		body: z.strictObject({}),
		bodyOptional: true,
		responses: {
			202: { description: 'It will be polled', schema: sourceAnswer },
			...describeErrors(401, 404),
		},
		handle: async ({ params, request }) => ({
			status: 202,
			json: toAnswer(await pollSourceNow(deps, { sourceId: params.id }, request.actor)),
		}),
	})
}

const sourceAnswer = z
	.object({
		id: z.int(),
		url: z.string(),
		locale: z.string(),
		topics: z.array(z.string()),
		state: z.enum(sourceStates).meta({ description: '`gone`: it answered 410' }),
		includeLatest: z.int(),
		nextPollAt: instant,
		lastPolledAt: instant.nullable(),
		firstReadAt: instant.nullable(),
		failures: z.int().meta({ description: 'Polls that failed since the last one that did not' }),
		problem: z.string().nullable().meta({ description: 'Why the last poll failed', example: 'timeout' }),
		problemDetail: z.string().nullable(),
		unreadDate: z.string().nullable().meta({
			description: 'A date of its last reading that could not be read: such stories do not count as new',
			example: '24 Foo 2026',
		}),
		createdAt: instant,
	})
	.meta({ id: 'Source' })

/** A source as JSON. */
export type SourceAnswer = z.infer<typeof sourceAnswer>

const toAnswer = pickFor(sourceAnswer)
