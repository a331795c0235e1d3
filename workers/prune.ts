import type { Processors } from '../src/jobs/catalog.ts'
import { type ApplyRetentionDeps, applyRetention } from '../src/retention/index.ts'
import { tidyTallies } from '../src/subscriptions/index.ts'

/** Forgets what is not needed any more. */
export function pruneProcessor(deps: ApplyRetentionDeps): Processors['prune'] {
	return async () => {
		await tidyTallies(deps)
		await applyRetention(deps)
	}
}
