import { z } from 'zod'
import type { Database } from '../../kernel/database.ts'
import type { Messages } from '../../kernel/messages.ts'
import { listNewsletters } from '../../newsletters/index.ts'
import { defineRoute, type Route } from '../server/route.ts'
import { describeNewsletter, linkLanguages } from './describe-newsletter.ts'

export type HomeDeps = { db: Database; messages: Messages }

/** `/`: what one can subscribe to. */
export function homeRoutes(deps: HomeDeps): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/',
			tag: 'Pages',
			summary: 'The newsletters one can subscribe to',
			access: 'public',
			query: z.object({ locale: z.string().optional() }),
			responses: { 200: { description: 'The page', contentType: 'text/html' } },
			handle: async ({ query, request }) => {
				const { locales } = deps.messages
				const locale = locales.find((known) => known === query.locale) ?? request.locale
				const newsletters = await listNewsletters(deps)
				return {
					page: 'visitors/home',
					locale,
					headers: { Vary: 'Accept-Language', 'Cache-Control': 'no-cache' },
					data: {
						languages: linkLanguages(locales, locale, (other) => `/?locale=${other}`),
						newsletters: newsletters.map((newsletter) => describeNewsletter(newsletter, locale)),
					},
				}
			},
		}),
	]
}
