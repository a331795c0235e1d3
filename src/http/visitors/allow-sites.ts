import type { Database } from '../../kernel/database.ts'
import { getNewsletter } from '../../newsletters/index.ts'
import type { RouteDefinition } from '../server/route.ts'

/** Lets scripts call from pages of the newsletter's own sites; where there is no such newsletter, from none. */
export function allowSites(deps: { db: Database }): NonNullable<RouteDefinition['crossOrigin']> {
	return async (origin, { slug }) => {
		if (typeof slug !== 'string') return false
		const newsletter = await getNewsletter(deps, { slug }).catch(() => undefined)
		return newsletter?.sites.some((site) => new URL(site).origin === origin) ?? false
	}
}
