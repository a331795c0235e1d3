import { z } from 'zod'
import { findWebVersion } from '../../digests/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Database } from '../../kernel/database.ts'
import { defineRoute, type Route } from '../server/route.ts'

export type WebVersionDeps = { db: Database }

const params = z.object({
	publicId: z
		.string()
		.regex(/^[A-Za-z0-9_-]{22}$/)
		.meta({ description: 'Random: it can’t be guessed from another digest’s' }),
	locale: z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/),
})

const query = z.object({
	variant: z
		.string()
		.regex(/^[0-9a-f]{16}$/)
		.optional()
		.meta({
			description: 'Which of the variants of the language; without it, that of readers who chose nothing',
		}),
})

/** "View in browser": a digest as it was sent, without any reader's own links. */
export function webVersionRoutes(deps: WebVersionDeps): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/digests/{publicId}/{locale}',
			tag: 'Pages',
			summary: 'A digest in the browser',
			description: 'As it was sent, without any reader’s own links.',
			access: 'public',
			params,
			query,
			responses: {
				200: { description: 'The digest', contentType: 'text/html' },
				404: { description: 'There is no such digest' },
			},
			handle: async ({ params: { publicId, locale }, query: { variant } }) => {
				const html = await findWebVersion(deps, publicId, locale, variant)
				if (html === undefined) throw new AppError('not_found', 'errors.not_found')
				return {
					text: html,
					contentType: 'text/html',
					policy: 'mail',
					headers: {
						'Content-Language': locale,
						'Cache-Control': 'public, max-age=3600',
						'X-Robots-Tag': 'noindex',
					},
				}
			},
		}),
	]
}
