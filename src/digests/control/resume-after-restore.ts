import type { Installation } from '../../installation/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import type { SendWaitingDeps } from '../drafts/send-waiting.ts'
import { putOffDue } from '../schedule/put-off-due.ts'

export type ResumeAfterRestoreDeps = SendWaitingDeps & {
	installation: Installation
	jobs: Pick<Jobs<{ reconcile: Record<string, never> }>, 'enqueue'>
}

/**
 * Lets a database that was restored or copied send: what is due goes out from then on, but for what the schedules would have sent
 * before, which is left to staff. Twice is fine.
 */
export async function resumeAfterRestore(deps: ResumeAfterRestoreDeps, actor: Actor): Promise<void> {
	if (await deps.installation.findHold()) await putOffDue(deps)
	if (await deps.installation.release(actor)) await deps.jobs.enqueue('reconcile', {})
}
