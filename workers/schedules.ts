import { syncSchedules } from '../src/digests/index.ts'
import type { JobCatalog } from '../src/jobs/catalog.ts'
import type { Jobs } from '../src/kernel/jobs.ts'
import type { Log } from '../src/kernel/log.ts'

export type ScheduleDeps = Parameters<typeof syncSchedules>[0] & { log: Log; jobs: Jobs<JobCatalog> }

const minuteMs = 60_000

/** Everything that has its times; the newsletters' own schedules are added to these. */
async function scheduleAll(deps: ScheduleDeps): Promise<void> {
	await deps.jobs.schedule('prune', { cron: '17 3 * * *', timeZone: 'UTC' }, 'prune', {})
	await syncSchedules(deps)
}

/**
 * What is looked after about each minute. Each process asks for it and the first is enough: the queue's repetitions go by
 * the clocks of the machines, so one that is two days ahead would stop this for two days once it is set right.
 */
async function keepUp({ jobs }: ScheduleDeps): Promise<void> {
	const once = { dedupe: 'each-minute', perMs: minuteMs - 10_000 }
	await jobs.enqueue('poll-due-sources', {}, once)
	await jobs.enqueue('reconcile', {}, once)
}

/**
 * Sets the schedules at the start and again every few minutes: a queue that has lost everything gets them back
 * without a restart.
 */
export function keepSchedules(deps: ScheduleDeps): { stop(): void } {
	const attempt = () => {
		scheduleAll(deps).catch((error) =>
			deps.log.warn({ err: error }, 'the schedules could not be set; trying again'),
		)
	}
	attempt()
	keepUp(deps)
	const timers = [setInterval(attempt, 2 * minuteMs), setInterval(() => keepUp(deps), minuteMs)]
	for (const timer of timers) timer.unref()
	return {
		stop: () => {
			for (const timer of timers) clearInterval(timer)
		},
	}
}
