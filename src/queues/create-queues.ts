import { type JobCatalog, jobCatalog, type Processors, type QueueName } from '../jobs/catalog.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import type { JobKeeper } from '../kernel/job-keeper.ts'
import type { Jobs } from '../kernel/jobs.ts'
import type { Log } from '../kernel/log.ts'
import { createBullmqParts, type QueueStore } from './bullmq-parts.ts'
import { createJobWorkers } from './create-job-workers.ts'
import { createProducer } from './create-producer.ts'
import { drainQueues, type SettledListeners } from './drain-queues.ts'
import type { QueueMemory } from './forget-wrong-times.ts'
import { hearsNotices } from './hears-notices.ts'
import { keepJobs } from './keep-jobs.ts'

/** The producer that everyone sees, and what only the starter of processes needs. */
export type Queues = Jobs<JobCatalog> &
	JobKeeper & {
		/** Starts one BullMQ worker a queue. */
		work(processors: Processors, concurrency: Record<QueueName, number>): void
		/** Resolves once nothing waits and nothing runs; jobs that are put off until later do not count. */
		drain(): Promise<void>
		/** Rejects where the queues' store doesn't answer. */
		ping(): Promise<void>
		/** Lets the workers finish what they do, within `graceMs`; what is left is taken up again by others. */
		stopWorking(graceMs: number): Promise<void>
		close(): Promise<void>
	}

const queueNames = [...new Set(Object.values(jobCatalog).map(({ queue }) => queue))]

/**
 * BullMQ on Redis, or on its own PostgreSQL backend in our database. `prefix` keeps installations apart on Redis. Jobs are
 * stamped by `clock`; when one that was put off is due BullMQ judges by the machine's own clock.
 */
export function createQueues(
	store: QueueStore,
	log: Log,
	prefix = 'envoi',
	clock: Clock = systemClock,
): Queues {
	const memory: QueueMemory =
		store.kind === 'redis' ? { kind: 'redis', client: store.producer, prefix } : store
	const parts = createBullmqParts(store, prefix, log)
	const queues = new Map(queueNames.map((name) => [name, parts.openQueue(name)]))
	const listeners: SettledListeners = new Set()
	const onSettled = () => {
		for (const tell of listeners) tell()
	}
	const workers = createJobWorkers({ parts, memory, clock, log, queueNames, onSettled })
	const producer = createProducer({
		queueOf: (name) => {
			const queue = queues.get(jobCatalog[name].queue)
			if (!queue) throw new Error(`no queue for the job ${name}`)
			return queue
		},
		...{ memory, clock, log },
	})
	return {
		...producer,
		work: workers.start,
		drain: () => drainQueues([...queues.values()], listeners),
		...keepJobs(queues, clock),
		ping: () => ping(store),
		stopWorking: workers.stop,
		close: async () => {
			await workers.close()
			await Promise.all([...queues.values()].map((queue) => queue.close()))
			parts.close()
		},
	}
}

async function ping(store: QueueStore): Promise<void> {
	if (store.kind === 'redis') await store.producer.ping()
	else if (!(await hearsNotices(store.pool)))
		throw new Error('a notice of the database was not heard: the queues can’t work')
}
