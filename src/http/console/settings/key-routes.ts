import { z } from 'zod'
import { type Permission, permissions } from '../../../kernel/permissions.ts'
import { type ShowRetentionDeps, showRetention } from '../../../retention/index.ts'
import { apiKeyInput, createApiKey, listApiKeys, revokeApiKey } from '../../../staff/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps } from '../describe-frame.ts'
import { form, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { speakTimes } from '../speak-times.ts'
import { ticked } from '../ticked.ts'

export type KeyPagesDeps = FrameDeps & Parameters<typeof createApiKey>[0] & ShowRetentionDeps

const path = '/console/keys'

/** What other programs call the API with, and for how long each kind of data is kept. */
export function keyRoutes(deps: KeyPagesDeps): Route[] {
	return [...apiKeyRoutes(deps), retentionRoute(deps)]
}

type Shown = { made?: { name: string; key: string }; name?: string; scopes?: string[]; error?: ErrorBody }

async function show(deps: KeyPagesDeps, request: RequestContext, shown: Shown = {}): Promise<Answer> {
	return {
		page: 'console/keys',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { current: 'settings' }),
			say: speakTimes(deps.messages, request.locale, 'UTC'),
			keys: (await listApiKeys(deps)).toReversed(),
			permissions,
			made: shown.made ?? null,
			name: shown.name ?? '',
			scopes: (shown.scopes ?? []) as Permission[],
			error: shown.error,
		},
	}
}

function apiKeyRoutes(deps: KeyPagesDeps): Route[] {
	const shared = { tag: consoleTag, access: { console: 'keys.manage' } } as const
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, summary: 'API keys', responses },
			handle: ({ request }) => show(deps, request),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, summary: 'Make an API key', responses },
			body: z.object({ name: z.string().default(''), scopes: ticked }),
			handle: ({ body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						const { name, key } = await createApiKey(deps, checkInput(apiKeyInput, body), request.actor)
						return show(deps, request, { made: { name, key } })
					},
					(error) => show(deps, request, { ...body, error }),
				),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${path}/{id}/revoke`, summary: 'Revoke an API key' },
			params: z.object({ id: z.coerce.number().int().positive() }),
			responses: { 303: { description: 'To the page again' } },
			body: z.object({}),
			handle: async ({ params, request }) => {
				await revokeApiKey(deps, params.id, request.actor)
				return { redirect: path }
			},
		}),
	]
}

function retentionRoute(deps: KeyPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'retention.read' },
		...{ method: 'get', path: '/console/retention', summary: 'How long data is kept', responses },
		handle: async ({ request }) => ({
			page: 'console/retention',
			locale: request.locale,
			data: {
				frame: await describeFrame(deps, request, { current: 'settings' }),
				say: speakTimes(deps.messages, request.locale, 'UTC'),
				kept: await showRetention(deps),
			},
		}),
	})
}
