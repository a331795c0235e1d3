import { z } from 'zod'
import {
	webhookDisabledWhys,
	webhookEvents,
	webhookMessageStates,
	webhookProblems,
} from '../../../kernel/enumerations.ts'
import {
	changeWebhookEndpoint,
	createWebhookEndpoint,
	type EndpointsDeps,
	getWebhookEndpoint,
	listWebhookEndpoints,
	listWebhookMessages,
	type ReplayDeps,
	removeWebhookEndpoint,
	replayWebhook,
	rotateWebhookSecret,
	type WebhookEndpoint,
	webhookEndpointChanges,
	webhookEndpointInput,
} from '../../../webhooks/index.ts'
import { idCursor, pageAnswer, pageParams, toPage } from '../../server/paging.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams, instant } from '../staff-answers.ts'

export type WebhookEndpointsDeps = EndpointsDeps & ReplayDeps

const shared = { tag: 'Webhooks out', access: { permission: 'webhooks.manage' } } as const
const base = '/api/v1/webhook-endpoints'

const endpointAnswer = z
	.object({
		id: z.int(),
		url: z.string(),
		events: z.array(z.enum(webhookEvents)),
		newsletters: z.array(z.string()).nullable().meta({ description: 'Their slugs; null: all' }),
		withAddress: z.boolean(),
		createdAt: instant,
		failingSince: instant.nullable().meta({ description: 'Since when it has taken nothing' }),
		disabledAt: instant.nullable(),
		disabledWhy: z.enum(webhookDisabledWhys).nullable().meta({
			description: '`failing`: it took nothing for three days; `gone`: it answered 410',
		}),
		formerUntil: instant.nullable().meta({ description: 'Until when the secret before signs as well' }),
	})
	.meta({ id: 'WebhookEndpoint' })

/** An endpoint as JSON. */
export type WebhookEndpointAnswer = z.infer<typeof endpointAnswer>

const withSecret = endpointAnswer
	.extend({ secret: z.string().meta({ description: 'Shown this once', example: 'whsec_…' }) })
	.meta({ id: 'NewWebhookEndpoint' })

const messageAnswer = z
	.object({
		id: z.int(),
		messageId: z.string().meta({ description: '`webhook-id`: the same however often it is sent' }),
		event: z.enum(webhookEvents),
		newsletter: z.string(),
		subscriptionId: z.int().nullable(),
		readerId: z.int().nullable(),
		digestId: z.int().nullable(),
		happenedAt: instant,
		state: z.enum(webhookMessageStates),
		attempts: z.int(),
		dueAt: instant.nullable().meta({ description: 'When it is tried next; null where it is not' }),
		tries: z
			.array(
				z.object({
					at: instant,
					durationMs: z.int(),
					status: z.int().nullable().meta({ description: 'Of the answer' }),
					problem: z.enum(webhookProblems).nullable().meta({ description: 'Why there was no answer' }),
				}),
			)
			.meta({ description: 'The last 20, the newest first' }),
	})
	.meta({ id: 'WebhookMessage' })

export type WebhookMessagesAnswer = { items: Array<z.infer<typeof messageAnswer>>; next: string | null }

/** Other programs that are told of what happens (Standard Webhooks). */
export function webhookEndpointRoutes(deps: WebhookEndpointsDeps): Route[] {
	return [
		listRoute(deps),
		createRoute(deps),
		showRoute(deps),
		changeRoute(deps),
		rotateRoute(deps),
		removeRoute(deps),
		messagesRoute(deps),
		replayRoute(deps),
	]
}

function toAnswer({ events, newsletters, ...endpoint }: WebhookEndpoint) {
	return { ...endpoint, events: [...events], newsletters: newsletters && [...newsletters] }
}

function listRoute(deps: WebhookEndpointsDeps): Route {
	return defineRoute({
		...shared,
		method: 'get',
		path: base,
		summary: 'All webhook endpoints, without their secrets',
		responses: {
			200: { description: 'Oldest first', schema: z.object({ items: z.array(endpointAnswer) }) },
			...describeErrors(401),
		},
		handle: async () => ({ json: { items: (await listWebhookEndpoints(deps)).map(toAnswer) } }),
	})
}

function createRoute(deps: WebhookEndpointsDeps): Route {
	return defineRoute({
		...shared,
		method: 'post',
		path: base,
		summary: 'Make a webhook endpoint',
		description: 'The answer holds the secret that its messages are signed with, this once.',
		body: webhookEndpointInput,
		responses: { 201: { description: 'Made', schema: withSecret }, ...describeErrors(400, 401, 422) },
		handle: async ({ body, request }) => {
			const { secret, ...made } = await createWebhookEndpoint(deps, body, request.actor)
			return { status: 201, json: { ...toAnswer(made), secret } }
		},
	})
}

function showRoute(deps: WebhookEndpointsDeps): Route {
	return defineRoute({
		...shared,
		method: 'get',
		path: `${base}/{id}`,
		summary: 'One webhook endpoint',
		params: idParams,
		responses: { 200: { description: 'The endpoint', schema: endpointAnswer }, ...describeErrors(401, 404) },
		handle: async ({ params }) => ({ json: toAnswer(await getWebhookEndpoint(deps, params.id)) }),
	})
}

function changeRoute(deps: WebhookEndpointsDeps): Route {
	return defineRoute({
		...shared,
		method: 'patch',
		path: `${base}/{id}`,
		summary: 'Change a webhook endpoint, or switch it off and on',
		description: 'What is not given stays as it is.',
		params: idParams,
		body: webhookEndpointChanges,
		responses: {
			200: { description: 'The endpoint as it is now', schema: endpointAnswer },
			...describeErrors(400, 401, 404, 422),
		},
		handle: async ({ params, body, request }) => ({
			json: toAnswer(await changeWebhookEndpoint(deps, params.id, body, request.actor)),
		}),
	})
}

function rotateRoute(deps: WebhookEndpointsDeps): Route {
	return defineRoute({
		...shared,
		method: 'post',
		path: `${base}/{id}/secret`,
		summary: 'Give a webhook endpoint a new secret',
		description: 'The one before signs as well for a day: messages then carry both signatures.',
		params: idParams,
		responses: {
			200: { description: 'The endpoint with its new secret', schema: withSecret },
			...describeErrors(401, 404),
		},
		handle: async ({ params, request }) => {
			const { secret, ...endpoint } = await rotateWebhookSecret(deps, params.id, request.actor)
			return { json: { ...toAnswer(endpoint), secret } }
		},
	})
}

function removeRoute(deps: WebhookEndpointsDeps): Route {
	return defineRoute({
		...shared,
		method: 'delete',
		path: `${base}/{id}`,
		summary: 'Remove a webhook endpoint, with all that it was to be told',
		params: idParams,
		responses: { 204: { description: 'It is told nothing more' }, ...describeErrors(401, 404) },
		handle: async ({ params, request }) => {
			await removeWebhookEndpoint(deps, params.id, request.actor)
			return { status: 204, empty: true }
		},
	})
}

function messagesRoute(deps: WebhookEndpointsDeps): Route {
	const paging = pageParams(idCursor, { max: 200, usual: 50, describe: 'How many a page' })
	return defineRoute({
		...shared,
		method: 'get',
		path: `${base}/{id}/messages`,
		summary: 'What a webhook endpoint was told, and is to be told',
		description: 'With each try. What is over is kept for 30 days.',
		params: idParams,
		query: z.strictObject(paging),
		responses: {
			200: { description: 'Newest first', schema: pageAnswer(messageAnswer) },
			...describeErrors(401, 404, 422),
		},
		handle: async ({ params, query: { limit, after } }) => {
			const found = await listWebhookMessages(deps, params.id, { before: after, limit: limit + 1 })
			return { json: toPage(found, limit, (last) => idCursor.write(last.id)) }
		},
	})
}

function replayRoute(deps: WebhookEndpointsDeps): Route {
	return defineRoute({
		...shared,
		method: 'post',
		path: `${base}/{id}/messages/{messageId}/replay`,
		summary: 'Send a message of a webhook endpoint once more',
		description: 'Whatever came of it before. It keeps its `webhook-id`.',
		params: idParams.extend({
			messageId: idParams.shape.id.meta({ description: 'The `id` of the message' }),
		}),
		responses: {
			202: { description: 'It is sent soon', schema: z.object({ id: z.int() }) },
			...describeErrors(401, 404, 409),
		},
		handle: async ({ params: { id: endpointId, messageId }, request }) => {
			await replayWebhook(deps, { endpointId, messageId }, request.actor)
			return { status: 202, json: { id: messageId } }
		},
	})
}
