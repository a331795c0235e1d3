import type { QueueName } from '../src/jobs/catalog.ts'
import type { Log } from '../src/kernel/log.ts'
import { createProcessors, type ProcessorDeps } from './processors.ts'
import { keepSchedules, type ScheduleDeps } from './schedules.ts'

type WorkersDeps = ProcessorDeps &
	ScheduleDeps & {
		log: Log
		jobs: {
			work(processors: ReturnType<typeof createProcessors>, concurrency: Record<QueueName, number>): void
		}
	}

/** How many jobs of a queue one process runs at once; of deliveries, how many digests: each has many messages under way. */
const concurrency: Record<QueueName, number> = {
	notices: 4,
	deliveries: 4,
	bounces: 2,
	stories: 4,
	imports: 2,
	webhooks: 4,
	upkeep: 2,
}

/** Starts the workers of this process and keeps the schedules going. `stop` ends the schedules; the app ends the jobs. */
export function startWorkers(deps: WorkersDeps): { stop(): void } {
	deps.jobs.work(createProcessors(deps), concurrency)
	return keepSchedules(deps)
}
