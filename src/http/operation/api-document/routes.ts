import type { Locale } from '../../../kernel/messages.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { type ApiDescription, describeApi, type OpenApiDocument } from './describe-api.ts'
import { createOpenApiDocument } from './openapi-document.ts'
import { loadApiTexts, translateApi } from './translate-api.ts'

export type DocsDeps = {
	/** All routes, these too; asked for when the first request comes. */
	routes: () => readonly Route[]
	publicUrl: string
	version: string
}

const shared = { tag: 'API document', access: 'public' } as const
const headers = { 'Cache-Control': 'public, max-age=300' }

/** The API as OpenAPI 3.1, and as a page that people can read. */
export function docsRoutes(deps: DocsDeps): Route[] {
	let made: OpenApiDocument | undefined
	const document = () => {
		made ??= createOpenApiDocument(deps.routes(), deps.publicUrl, deps.version) as OpenApiDocument
		return made
	}
	const described = new Map<Locale, ApiDescription>()
	const describe = (locale: Locale) => {
		const known = described.get(locale)
		if (known) return known
		const made = describeApi(translateApi(document(), locale, loadApiTexts()), deps.publicUrl)
		described.set(locale, made)
		return made
	}
	return [
		defineRoute({
			...shared,
			method: 'get',
			path: '/api/openapi.json',
			summary: 'This API as an OpenAPI 3.1 document',
			responses: { 200: { description: 'The document', contentType: 'application/json' } },
			handle: () => ({ json: document(), headers }),
		}),
		defineRoute({
			...shared,
			method: 'get',
			path: '/api/docs',
			summary: 'This API as a page',
			responses: { 200: { description: 'The page', contentType: 'text/html' } },
			handle: ({ request }) => ({
				page: 'operation/docs',
				locale: request.locale,
				headers: { ...headers, Vary: 'Accept-Language' },
				data: { api: describe(request.locale) },
			}),
		}),
	]
}
