import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { JobKeeper } from '../kernel/job-keeper.ts'

type Deps = { db: Database; clock: Clock; jobKeeper: Pick<JobKeeper, 'retryFailed'> }

/** Lets a failed job be tried again. Throws `not_found` where it is there no more, or somebody has let it go on already. */
export async function retryFailedJob(
	{ db, clock, jobKeeper }: Deps,
	{ queue, id }: { queue: string; id: string },
	actor: Actor,
): Promise<void> {
	const job = await jobKeeper.retryFailed(queue, id)
	if (!job) throw new AppError('not_found', 'errors.job.not_found')
	const about = Object.entries(job.ids).map(([name, value]) => `${name} ${value}`)
	const detail = about.join(', ')
	const entry = { actor, action: 'retry', subject: `job:${job.name}` } as const
	await recordAudit({ db, clock }, { ...entry, ...(detail && { detail }) })
}
