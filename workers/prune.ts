import type { Processors } from '../src/jobs/catalog.ts'
import { type ApplyRetentionDeps, applyRetention } from '../src/retention/index.ts'
import { endImpliedConsent, tidyTallies } from '../src/subscriptions/index.ts'

/** Forgets what is not needed any more. */
export function pruneProcessor(deps: ApplyRetentionDeps): Processors['prune'] {
	return async () => {
		await tidyTallies(deps)
		await endImpliedConsent(deps)
		await applyRetention(deps)
	}
}
