import { type PruneReportsDeps, pruneReports } from '../src/bounces/index.ts'
import { type PruneLedgersDeps, pruneLedgers } from '../src/deliveries/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'
import type { Limiter } from '../src/kernel/limiter.ts'
import { type PruneDeps, pruneUnconfirmed, tidyTallies } from '../src/subscriptions/index.ts'

type Deps = PruneDeps & PruneReportsDeps & PruneLedgersDeps & { limiter: Pick<Limiter, 'forgetExpired'> }

/** Forgets what is not needed any more. */
export function pruneProcessor(deps: Deps): Processors['prune'] {
	return async () => {
		await pruneUnconfirmed(deps)
		await pruneReports(deps)
		await pruneLedgers(deps)
		await tidyTallies(deps)
		await deps.limiter.forgetExpired()
	}
}
