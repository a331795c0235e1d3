import {
	createPostgresBackend,
	type Processor,
	Queue,
	type RepeatOptions,
	Worker,
	type WorkerOptions,
} from 'bullmq'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import type { QueueName } from '../jobs/catalog.ts'
import { nextOccurrence } from '../kernel/cron.ts'
import type { Log } from '../kernel/log.ts'
import { connectRedis } from './connect-redis.ts'

export type QueueStore = { kind: 'redis'; url: string; producer: Redis } | { kind: 'postgres'; pool: Pool }

/** Opens BullMQ's queues and workers on Redis or on PostgreSQL; `close` ends the connections of the workers. */
export type BullmqParts = {
	openQueue(name: QueueName): Queue
	openWorker(name: QueueName, processor: Processor, concurrency: number): Worker
	close(): void
}

const defaultJobOptions = { removeOnComplete: true, removeOnFail: { age: 86_400, count: 1_000 } }

/** When a schedule comes up next is our own reckoning: BullMQ's passes over hours that clocks leave out. */
const settings = {
	repeatStrategy: (afterMs: number, { pattern = '', tz = 'UTC' }: RepeatOptions): number =>
		nextOccurrence({ cron: pattern, timeZone: tz }, new Date(afterMs)).getTime(),
}

export function createBullmqParts(store: QueueStore, prefix: string, log: Log): BullmqParts {
	return store.kind === 'redis' ? redisParts(store, prefix, log) : postgresParts(store, log)
}

function redisParts(
	{ producer, url }: QueueStore & { kind: 'redis' },
	prefix: string,
	log: Log,
): BullmqParts {
	let consumer: Redis | undefined
	return {
		openQueue: (name) => {
			const options = { connection: producer, prefix, defaultJobOptions, settings }
			return logged(new Queue(name, { ...options, skipWaitingForReady: true }), log)
		},
		openWorker: (name, processor, concurrency) => {
			// all workers share it; each waits for its jobs on another one, which BullMQ opens and closes
			consumer ??= connectRedis(url, 'waits', log)
			return new Worker(name, processor, {
				...workerOptions(name, concurrency),
				connection: consumer,
				prefix,
			})
		},
		close: () => consumer?.disconnect(),
	}
}

function postgresParts({ pool }: QueueStore & { kind: 'postgres' }, log: Log): BullmqParts {
	// BullMQ declares a connection to Redis, and hands a pool to its backend as it is
	const connection = pool as never
	const backend = createPostgresBackend as never
	return {
		openQueue: (name) => logged(new Queue(name, { connection, defaultJobOptions, settings }, backend), log),
		openWorker: (name, processor, concurrency) =>
			new Worker(name, processor, { ...workerOptions(name, concurrency), connection }, backend),
		close: () => {},
	}
}

function workerOptions(name: QueueName, concurrency: number): Omit<WorkerOptions, 'connection'> {
	// a lane outlives many processes, and can't be what ends them: each of its rows is claimed once
	const maxStalledCount = name === 'deliveries' ? 1_000 : 1
	return { concurrency, autorun: true, settings, maxStalledCount }
}

function logged(queue: Queue, log: Log): Queue {
	queue.on('error', (error) => log.warn({ queue: queue.name, err: error }, 'the queue reports an error'))
	return queue
}
