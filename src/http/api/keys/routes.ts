import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Keys } from '../../../kernel/keys.ts'
import { permissions } from '../../../kernel/permissions.ts'
import { apiKeyInput, createApiKey, listApiKeys, revokeApiKey } from '../../../staff/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams, instant } from '../staff-answers.ts'

export type ApiKeysDeps = { db: Database; clock: Clock; keys: Keys }

const shared = { tag: 'API keys' } as const

const apiKey = z
	.object({
		id: z.int(),
		name: z.string(),
		createdAt: instant,
		lastUsedAt: instant.nullable().meta({ description: 'To the minute' }),
		revokedAt: instant.nullable(),
		scopes: z.array(z.enum(permissions)).nullable().meta({ description: 'What it may do; null: everything' }),
	})
	.meta({ id: 'ApiKey' })

/** An API key as JSON. */
export type ApiKeyAnswer = z.infer<typeof apiKey>

/** API keys: what other programs call the staff API with. */
export function apiKeyRoutes(deps: ApiKeysDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'keys.manage' },
			method: 'get',
			path: '/api/v1/api-keys',
			summary: 'All API keys, without the keys themselves',
			responses: {
				200: { description: 'Oldest first', schema: z.object({ items: z.array(apiKey) }) },
				...describeErrors(401),
			},
			handle: async () => ({ json: { items: await listApiKeys(deps) } }),
		}),
		defineRoute({
			...shared,
			access: { permission: 'keys.manage' },
			method: 'post',
			path: '/api/v1/api-keys',
			summary: 'Make an API key',
			description:
				'The answer holds the key itself, this once: only a hash of it is stored. It can be given no scope that the calling key lacks.',
			body: apiKeyInput,
			responses: {
				201: { description: 'Made', schema: apiKey.extend({ key: z.string() }).meta({ id: 'NewApiKey' }) },
				...describeErrors(400, 401, 422),
			},
			handle: async ({ body, request }) => ({
				status: 201,
				json: await createApiKey(deps, body, request.actor),
			}),
		}),
		defineRoute({
			...shared,
			access: { permission: 'keys.manage' },
			method: 'delete',
			path: '/api/v1/api-keys/{id}',
			summary: 'Revoke an API key',
			params: idParams,
			responses: { 204: { description: 'It opens nothing from now on' }, ...describeErrors(401, 404) },
			handle: async ({ params, request }) => {
				await revokeApiKey(deps, params.id, request.actor)
				return { status: 204, empty: true }
			},
		}),
	]
}
