import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { endHolds } from './end-holds.ts'

type Deps = {
	db: Database
	clock: Clock
	jobs: Pick<Jobs<{ reconcile: Record<string, never> }>, 'enqueue'>
}

/** As `endHolds`, and what is due goes out at once. */
export async function resumeRelays(deps: Deps, name: string | undefined, actor: Actor): Promise<string[]> {
	const resumed = await endHolds(deps, { name, actor })
	await deps.jobs.enqueue('reconcile', {})
	return resumed
}
