import type { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { errorAnswer, isApiPath, usualErrors } from '../../server/error-answers.ts'
import { contentTypesOf } from '../../server/read-body.ts'
import { consoleTag, type Route } from '../../server/route.ts'

/** The OpenAPI 3.1 document of the given routes but the console's: made of the schemas that check their input. */
export function createOpenApiDocument(routes: readonly Route[], publicUrl: string, version: string): object {
	const paths: ZodOpenApiPathsObject = {}
	for (const route of routes.filter(({ tag }) => tag !== consoleTag)) {
		paths[route.path] = { ...paths[route.path], [route.method]: toOperation(route) }
	}
	return createDocument({
		openapi: '3.1.0',
		info: {
			title: 'Envoi',
			version,
			description: 'Newsletters: subscribing, stories, digests and what became of them.',
			license: { name: 'MIT', identifier: 'MIT' },
		},
		servers: [{ url: publicUrl }],
		paths,
		components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
	})
}

function toOperation(route: Route): ZodOpenApiOperationObject {
	return {
		operationId: operationIdOf(route),
		tags: [route.tag],
		summary: route.summary,
		description: route.description,
		// OpenAPI 3.1 §4.8.30: for a scheme without scopes of its own, the roles that a call needs
		security: securityOf(route),
		requestParams: {
			...(route.params && { path: route.params }),
			...(route.query && { query: route.query }),
			...(route.headers && { header: route.headers }),
		},
		...(route.body && { requestBody: toRequestBody(route, route.body) }),
		responses: Object.fromEntries(
			Object.entries({ ...usualErrors(route), ...route.responses }).map(([status, response]) => [
				status,
				toResponse(route, Number(status), response),
			]),
		),
	} as ZodOpenApiOperationObject
}

function securityOf({ access }: Route): Array<Record<string, string[]>> {
	return access !== 'public' && 'permission' in access ? [{ apiKey: [access.permission] }] : []
}

/** A name for the functions of generated clients: `postApiNewslettersBySlugDigests`. */
function operationIdOf({ method, path }: Route): string {
	const parts = path
		.replace(/^\/api\/v1/, '/api')
		.replace(/\{/g, 'by-')
		.split(/[^A-Za-z0-9]+/)
		.filter(Boolean)
	return method + parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('')
}

function toRequestBody(route: Route, schema: z.ZodType) {
	const types = contentTypesOf(route.bodyTypes ?? ['json'])
	return {
		required: !route.bodyOptional,
		content: Object.fromEntries(types.map((type) => [type, { schema }])),
	}
}

function toResponse(
	route: Route,
	status: number,
	{ description, schema, contentType, orPage }: Route['responses'][number],
) {
	if (schema) {
		const content = { [contentType ?? 'application/json']: { schema } }
		return { description, content: { ...content, ...(orPage && page) } }
	}
	if (status >= 400) return { description, content: errorContent(route) }
	if (contentType) return { description, content: { [contentType]: { schema: { type: 'string' as const } } } }
	return { description }
}

const page = { 'text/html': { schema: { type: 'string' as const } } }

/** What a refused request gets: JSON in the API, elsewhere a page unless JSON is asked for. */
function errorContent({ path }: Route) {
	const json = { 'application/json': { schema: errorAnswer } }
	return isApiPath(path) ? json : { ...page, ...json }
}
