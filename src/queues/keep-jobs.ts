import type { Queue } from 'bullmq'
import type { QueueName } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { FailedJob, JobKeeper } from '../kernel/job-keeper.ts'
import { textFromOutside } from '../kernel/text-from-outside.ts'
import { countJobs } from './count-jobs.ts'

type KeptJob = NonNullable<Awaited<ReturnType<Queue['getJob']>>>

const maxReason = 300

/** Counts the jobs of the queues, shows those that failed, and lets one be tried again. */
export function keepJobs(queues: ReadonlyMap<QueueName, Queue>, clock: Clock): JobKeeper {
	return {
		count: () =>
			Promise.all([...queues].map(([name, queue]) => countJobs(name, queue, clock.now().getTime()))),
		listFailed: async (mostOfQueue) => {
			const lists = await Promise.all(
				[...queues].map(async ([name, queue]) => {
					const failed = (await queue.getJobs(['failed'], 0, mostOfQueue - 1)) as KeptJob[]
					return failed.flatMap((job) => describeFailed(name, job) ?? [])
				}),
			)
			return lists.flat().toSorted((one, other) => other.failedAt.getTime() - one.failedAt.getTime())
		},
		retryFailed: async (name, id) => {
			const queue = queues.get(name as QueueName)
			const job = (await queue?.getJob(id)) as KeptJob | undefined
			const failed = job && describeFailed(name, job)
			if (!job || !failed || !(await job.isFailed())) return undefined
			await job.retry('failed', { resetAttemptsMade: true })
			return failed
		},
	}
}

/** Undefined for what was removed while the list was read. */
function describeFailed(queue: string, job: KeptJob | undefined): FailedJob | undefined {
	if (!job?.id) return undefined
	const ids = Object.entries((job.data ?? {}) as Record<string, unknown>).filter(
		(entry): entry is [string, string | number] => ['string', 'number'].includes(typeof entry[1]),
	)
	const [firstLine = ''] = (job.failedReason ?? '').split('\n')
	return {
		...{ queue, id: job.id, name: job.name, ids: Object.fromEntries(ids) },
		failedAt: new Date(job.finishedOn ?? job.timestamp),
		tries: job.attemptsMade,
		reason: textFromOutside(firstLine, maxReason),
	}
}
