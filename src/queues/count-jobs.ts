import type { Queue } from 'bullmq'
import type { QueueName } from '../jobs/catalog.ts'
import type { QueueState } from '../kernel/job-keeper.ts'

/** How many jobs a queue holds, at a time in milliseconds. */
export async function countJobs(name: QueueName, queue: Queue, nowMs: number): Promise<QueueState> {
	const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed')
	const [oldest] = await queue.getJobs(['waiting'], 0, 0, true)
	const dueSince = oldest ? oldest.timestamp + (oldest.delay ?? 0) : nowMs
	return {
		queue: name,
		waiting: (counts.waiting ?? 0) + (counts.prioritized ?? 0),
		active: counts.active ?? 0,
		delayed: counts.delayed ?? 0,
		failed: counts.failed ?? 0,
		oldestWaitingSeconds: Math.max(0, nowMs - dueSince) / 1000,
	}
}
