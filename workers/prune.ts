import { type PruneReportsDeps, pruneReports } from '../src/bounces/index.ts'
import { type PruneLedgersDeps, pruneLedgers } from '../src/deliveries/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'
import { type PruneDeps, pruneUnconfirmed } from '../src/subscriptions/index.ts'

/** Forgets what is not needed any more. */
export function pruneProcessor(deps: PruneDeps & PruneReportsDeps & PruneLedgersDeps): Processors['prune'] {
	return async () => {
		await pruneUnconfirmed(deps)
		await pruneReports(deps)
		await pruneLedgers(deps)
	}
}
