import { setTimeout as wait } from 'node:timers/promises'
import { DelayedError, type Job, UnrecoverableError } from 'bullmq'
import { type JobEnd, type JobName, jobCatalog, type LeftToOthers, type Processors } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'

/** Checks what a job carries and runs it; what it leaves to others is put off. Throws what fails it. */
export async function runJob(
	processors: Processors,
	job: Job,
	token: string | undefined,
	deps: { clock: Clock; stopping: AbortSignal },
): Promise<void> {
	const end = await callProcessor(processors, job)
	if (end) await leaveToOthers(job, token, end, deps)
}

async function callProcessor(processors: Processors, { name, data }: Job): Promise<JobEnd> {
	if (!(name in jobCatalog)) throw new UnrecoverableError(`no such job: ${name}`)
	const known = name as JobName
	const payload = jobCatalog[known].payload.safeParse(data)
	if (!payload.success) throw new UnrecoverableError(payload.error.message)
	const run = processors[known] as (payload: unknown) => Promise<JobEnd>
	return run(payload.data)
}

/**
 * Puts the job off, where this machine's clock is not ahead. One that is would put it off until others have come that
 * far: there the job is kept meanwhile, so that others find those that wait, and the reconciler asks for it again.
 */
async function leaveToOthers(
	job: Job,
	token: string | undefined,
	{ leftForMs }: LeftToOthers,
	{ clock, stopping }: { clock: Clock; stopping: AbortSignal },
): Promise<void> {
	if (Date.now() > clock.now().getTime()) {
		await wait(leftForMs, undefined, { signal: stopping }).catch(() => {})
		return
	}
	await job.moveToDelayed(Date.now() + leftForMs, token)
	throw new DelayedError()
}
