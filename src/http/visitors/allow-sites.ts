import { isThisMachine } from '../../kernel/is-this-machine.ts'
import type { ReadNewsletter } from '../../newsletters/index.ts'
import type { RouteDefinition } from '../server/route.ts'

/**
 * Lets scripts call from pages of the newsletter's own sites; where there is no such newsletter, from none. Not from sites without
 * TLS, which anybody on the way can change.
 */
export function allowSites({
	readNewsletter,
}: {
	readNewsletter: ReadNewsletter
}): NonNullable<RouteDefinition['crossOrigin']> {
	return async (origin, { slug }) => {
		if (typeof slug !== 'string' || !isSecure(origin)) return false
		const newsletter = await readNewsletter(slug).catch(() => undefined)
		return newsletter?.sites.some((site) => new URL(site).origin === origin) ?? false
	}
}

function isSecure(origin: string): boolean {
	if (!URL.canParse(origin)) return false
	const { protocol, hostname } = new URL(origin)
	return protocol === 'https:' || isThisMachine(hostname)
}
