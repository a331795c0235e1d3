import { z } from 'zod'
import type { Database } from '../../kernel/database.ts'
import { getLogo } from '../../newsletters/index.ts'
import { defineRoute, type Route } from '../server/route.ts'

/** The logo of a newsletter, for mails and pages. A name belongs to the same bytes for ever. */
export function logoRoutes(deps: { db: Database }): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/logos/{hash}.png',
			tag: 'Pages',
			summary: 'The logo of a newsletter',
			access: 'public',
			params: z.object({ hash: z.string().regex(/^[0-9a-f]{32}$/) }),
			responses: { 200: { description: 'A picture', contentType: 'image/png' } },
			handle: async ({ params }) => ({
				bytes: await getLogo(deps, params.hash),
				contentType: 'image/png',
				headers: {
					'Cache-Control': 'public, max-age=31536000, immutable',
					// webmail shows it on pages of its own
					'Cross-Origin-Resource-Policy': 'cross-origin',
				},
			}),
		}),
	]
}
