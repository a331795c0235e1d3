import type { Installation } from '../src/installation/index.ts'
import type { JobEnd } from '../src/jobs/catalog.ts'

/**
 * Runs a job that mails people, or leads to it, unless sending is held after a restore. Held, the job ends at once: what
 * it was about stays due, and the reconciler brings it back.
 */
export function unlessHeld<Payload>(
	installation: Pick<Installation, 'findHold'>,
	run: (payload: Payload) => Promise<JobEnd>,
): (payload: Payload) => Promise<JobEnd> {
	return async (payload) => ((await installation.findHold()) ? undefined : run(payload))
}
