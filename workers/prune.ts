import type { Processors } from '../src/jobs/catalog.ts'
import { type PruneDeps, pruneUnconfirmed } from '../src/subscriptions/index.ts'

/** Forgets what is not needed any more. */
export function pruneProcessor(deps: PruneDeps): Processors['prune'] {
	return () => pruneUnconfirmed(deps)
}
