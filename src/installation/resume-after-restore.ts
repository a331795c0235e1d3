import type { Actor } from '../kernel/actor.ts'
import type { Jobs } from '../kernel/jobs.ts'
import type { Installation } from './open-installation.ts'

type Deps = {
	installation: Installation
	jobs: Pick<Jobs<{ reconcile: Record<string, never> }>, 'enqueue'>
}

/** Lets a database that was restored or copied send: what is due goes out from then on. Twice is fine. */
export async function resumeAfterRestore({ installation, jobs }: Deps, actor: Actor): Promise<void> {
	if (await installation.release(actor)) await jobs.enqueue('reconcile', {})
}
