import { z } from 'zod'
import { webhookEvents } from '../../../kernel/enumerations.ts'
import { listNewsletters } from '../../../newsletters/index.ts'
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
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { speakTimes } from '../speak-times.ts'
import { ticked } from '../ticked.ts'

export type WebhookPagesDeps = FrameDeps & EndpointsDeps & ReplayDeps

const shared = { tag: consoleTag, access: { console: 'webhooks.manage' } } as const
const path = '/console/webhooks'
const one = `${path}/{id}` as const
const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)
const params = z.object({ id })
const perPage = 30

/** An endpoint as its form has it; no newsletter ticked stands for all. */
const fields = z.object({
	url: z.string().default(''),
	events: ticked,
	newsletters: ticked,
	withAddress: z.string().optional(),
})
type Typed = { url: string; events: string[]; newsletters: string[]; withAddress: boolean }

/** Other programs that are told of what happens: all, one with what it was told, and its secret. */
export function webhookPageRoutes(deps: WebhookPagesDeps): Route[] {
	return [...listRoutes(deps), ...endpointRoutes(deps), ...actRoutes(deps)]
}

function toTyped({ withAddress, ...body }: z.output<typeof fields>): Typed {
	return { ...body, withAddress: withAddress === 'yes' }
}

function toInput({ newsletters, ...typed }: Typed) {
	return { ...typed, newsletters: newsletters.length > 0 ? newsletters : null }
}

async function showList(
	deps: WebhookPagesDeps,
	request: RequestContext,
	typed: Typed = { url: '', events: [], newsletters: [], withAddress: false },
	error?: ErrorBody,
): Promise<Answer> {
	return {
		page: 'console/webhooks',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { current: 'settings' }),
			say: speakTimes(deps.messages, request.locale, 'UTC'),
			endpoints: await listWebhookEndpoints(deps),
			...{
				events: webhookEvents,
				newsletters: (await listNewsletters(deps)).map(({ slug }) => slug),
				typed,
				error,
			},
		},
	}
}

function listRoutes(deps: WebhookPagesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, summary: 'Webhooks', responses },
			handle: ({ request }) => showList(deps, request),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, summary: 'Make a webhook endpoint', responses },
			body: fields,
			handle: ({ body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						const input = checkInput(webhookEndpointInput, toInput(toTyped(body)))
						const { secret, ...made } = await createWebhookEndpoint(deps, input, request.actor)
						return showOne(deps, request, made.id, { secret })
					},
					(error) => showList(deps, request, toTyped(body), error),
				),
		}),
	]
}

type Shown = {
	before?: number | undefined
	secret?: string
	saved?: boolean
	typed?: Typed
	error?: ErrorBody
}

async function showOne(
	deps: WebhookPagesDeps,
	request: RequestContext,
	endpointId: number,
	{ before, secret, saved = false, typed, error }: Shown = {},
): Promise<Answer> {
	const endpoint = await getWebhookEndpoint(deps, endpointId)
	const found = await listWebhookMessages(deps, endpointId, { before, limit: perPage + 1 })
	const messages = found.slice(0, perPage)
	return {
		page: 'console/webhook',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { current: 'settings' }),
			say: speakTimes(deps.messages, request.locale, 'UTC'),
			...{ endpoint, messages, saved, error, events: webhookEvents },
			newsletters: (await listNewsletters(deps)).map(({ slug }) => slug),
			typed: typed ?? typedOf(endpoint),
			secret: secret ?? null,
			before: found.length > perPage ? (messages.at(-1)?.id ?? null) : null,
		},
	}
}

function typedOf({ url, events, newsletters, withAddress }: WebhookEndpoint): Typed {
	return { url, events: [...events], newsletters: [...(newsletters ?? [])], withAddress }
}

function endpointRoutes(deps: WebhookPagesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path: one, params, summary: 'A webhook endpoint', responses },
			query: z.object({ saved: z.string().optional(), before: id.optional().catch(undefined) }),
			handle: ({ params, query, request }) =>
				showOne(deps, request, params.id, { before: query.before, saved: query.saved === 'yes' }),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: one, params, summary: 'Change a webhook endpoint', responses },
			body: fields,
			handle: ({ params, body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						const changes = checkInput(webhookEndpointChanges, toInput(toTyped(body)))
						await changeWebhookEndpoint(deps, params.id, changes, request.actor)
						return { redirect: `${path}/${params.id}?saved=yes` }
					},
					(error) => showOne(deps, request, params.id, { typed: toTyped(body), error }),
				),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${one}/secret`, params, summary: 'Give it a new secret', responses },
			body: z.object({}),
			handle: async ({ params, request }) => {
				const { secret } = await rotateWebhookSecret(deps, params.id, request.actor)
				return showOne(deps, request, params.id, { secret })
			},
		}),
	]
}

function actRoutes(deps: WebhookPagesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${one}/switch`, params, summary: 'Switch it off or on', responses: onward },
			body: z.object({ to: z.enum(['on', 'off']) }),
			handle: async ({ params, body, request }) => {
				await changeWebhookEndpoint(deps, params.id, { disabled: body.to === 'off' }, request.actor)
				return { redirect: `${path}/${params.id}` }
			},
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${one}/remove`, params, summary: 'Remove it', responses: onward },
			body: z.object({}),
			handle: async ({ params, request }) => {
				await removeWebhookEndpoint(deps, params.id, request.actor)
				return { redirect: path }
			},
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${one}/messages/{messageId}/replay`, summary: 'Send once more' },
			params: params.extend({ messageId: id }),
			responses: onward,
			body: z.object({}),
			handle: async ({ params: { id: endpointId, messageId }, request }) => {
				await replayWebhook(deps, { endpointId, messageId }, request.actor)
				return { redirect: `${path}/${endpointId}` }
			},
		}),
	]
}
