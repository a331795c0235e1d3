import type { Route } from './route.ts'
import { type HealthDeps, healthRoutes } from './routes/health.ts'
import { type MailboxDeps, mailboxRoutes } from './routes/mailbox.ts'

export type RoutesDeps = HealthDeps & {
	/** Captured mail, where no relay is set. */
	captured: MailboxDeps['captured'] | undefined
	config: { publicUrl: string }
}

/** Every route there is. The OpenAPI document is made of the same list. */
export function listRoutes(deps: RoutesDeps): Route[] {
	const { captured } = deps
	return [...healthRoutes(deps), ...(captured ? mailboxRoutes({ captured }) : [])]
}
