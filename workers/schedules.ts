import { syncSchedules } from '../src/digests/index.ts'
import type { JobCatalog } from '../src/jobs/catalog.ts'
import { latestOccurrence } from '../src/kernel/cron.ts'
import type { Jobs } from '../src/kernel/jobs.ts'
import type { Log } from '../src/kernel/log.ts'

export type ScheduleDeps = Parameters<typeof syncSchedules>[0] & { log: Log; jobs: Jobs<JobCatalog> }

const minuteMs = 60_000
const dayMs = 1_440 * minuteMs
/**
 * What the process before was about is put back at once, however lately that one had asked: else one that is restarted
 * within each minute would never send. For those that start together once is enough.
 */
const atStart = { dedupe: 'at-start', perMs: 2_000 }
const pruning = { cron: '17 3 * * *', timeZone: 'UTC' }

/** Everything that has its times: the newsletters' own schedules. */
async function scheduleAll(deps: ScheduleDeps): Promise<void> {
	// it had a time of its own once, and was left out where nothing ran then
	await deps.jobs.unschedule('prune', 'prune')
	await syncSchedules(deps)
}

/**
 * What is looked after about each minute, and what once a night, or soon after a later start. Each process asks for it and the first is enough: the
 * queue's repetitions go by the clocks of the machines, so one that is two days ahead would stop this for two days once
 * it is set right.
 */
async function keepUp({ jobs, clock }: ScheduleDeps, minutesUp: number): Promise<void> {
	const once = { dedupe: 'each-minute', perMs: minuteMs - 10_000 }
	await jobs.enqueue('poll-due-sources', {}, once)
	await jobs.enqueue('reconcile', {}, minutesUp === 0 ? atStart : once)
	await jobs.enqueue('look-for-occasions', {}, once)
	// who has just started has other things to do
	if (minutesUp < 10) return
	const night = latestOccurrence(pruning, clock.now()).toISOString().slice(0, 10)
	await jobs.enqueue('prune', {}, { dedupe: `night-of-${night}`, perMs: 2 * dayMs })
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
	let minutesUp = 0
	attempt()
	keepUp(deps, minutesUp)
	const timers = [setInterval(attempt, 2 * minuteMs), setInterval(() => keepUp(deps, ++minutesUp), minuteMs)]
	for (const timer of timers) timer.unref()
	return {
		stop: () => {
			for (const timer of timers) clearInterval(timer)
		},
	}
}
