import { syncSchedules } from '../src/digests/index.ts'
import type { JobCatalog } from '../src/jobs/catalog.ts'
import type { Jobs } from '../src/kernel/jobs.ts'
import type { Log } from '../src/kernel/log.ts'

export type ScheduleDeps = Parameters<typeof syncSchedules>[0] & { log: Log; jobs: Jobs<JobCatalog> }

const minuteMs = 60_000

/** Everything that repeats by itself; the newsletters' own schedules are added to these. */
async function scheduleAll(deps: ScheduleDeps): Promise<void> {
	await deps.jobs.schedule('poll-due-sources', { everyMs: minuteMs }, 'poll-due-sources', {})
	await deps.jobs.schedule('reconcile', { everyMs: minuteMs }, 'reconcile', {})
	await deps.jobs.schedule('prune', { cron: '17 3 * * *', timeZone: 'UTC' }, 'prune', {})
	await syncSchedules(deps)
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
	const timer = setInterval(attempt, 2 * minuteMs)
	timer.unref()
	return { stop: () => clearInterval(timer) }
}
