import { setTimeout as wait } from 'node:timers/promises'
import {
	createPostgresBackend,
	type DeduplicationOptions,
	DelayedError,
	type Job,
	type Processor,
	Queue,
	type RepeatOptions,
	UnrecoverableError,
	Worker,
	type WorkerOptions,
} from 'bullmq'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import {
	type JobCatalog,
	type JobEnd,
	type JobName,
	jobCatalog,
	type LeftToOthers,
	type Processors,
	type QueueName,
} from '../jobs/catalog.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { nextOccurrence } from '../kernel/cron.ts'
import type { Jobs } from '../kernel/jobs.ts'
import type { Log } from '../kernel/log.ts'
import { connectRedis } from './connect-redis.ts'
import { forgetAskedAhead, type QueueMemory, shortenClaims } from './forget-wrong-times.ts'
import { hearsNotices } from './hears-notices.ts'

export type QueueStore = { kind: 'redis'; url: string; producer: Redis } | { kind: 'postgres'; pool: Pool }

/** The producer that everyone sees, and what only the starter of processes needs. */
export type Queues = Jobs<JobCatalog> & {
	/** Starts one BullMQ worker a queue. */
	work(processors: Processors, concurrency: Record<QueueName, number>): void
	/** Resolves once nothing waits and nothing runs; jobs that are put off until later do not count. */
	drain(): Promise<void>
	/** How many jobs there are, by queue. */
	count(): Promise<QueueState[]>
	/** Rejects where the queues' store doesn't answer. */
	ping(): Promise<void>
	/** Lets the workers finish what they do, within `graceMs`; what is left is taken up again by others. */
	stopWorking(graceMs: number): Promise<void>
	close(): Promise<void>
}

export type QueueState = {
	queue: QueueName
	waiting: number
	active: number
	delayed: number
	failed: number
	/** Seconds that the oldest waiting job has been due; 0 where none waits. */
	oldestWaitingSeconds: number
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
	const producer = store.kind === 'redis' ? store.producer : undefined
	const memory: QueueMemory =
		store.kind === 'redis' ? { kind: 'redis', client: store.producer, prefix } : store
	const consumers: Redis[] = []
	const workers: Worker[] = []
	const settled = new Set<() => void>()
	const stopping = new AbortController()

	const queues = new Map(queueNames.map((name) => [name, openQueue(name)]))

	function openQueue(name: QueueName): Queue {
		const defaultJobOptions = { removeOnComplete: true, removeOnFail: { age: 86_400, count: 1_000 } }
		const queue = producer
			? new Queue(name, {
					connection: producer,
					prefix,
					defaultJobOptions,
					settings,
					skipWaitingForReady: true,
				})
			: new Queue(name, { connection: pool(), defaultJobOptions, settings }, createPostgresBackend as never)
		queue.on('error', (error) => log.warn({ queue: name, err: error }, 'the queue reports an error'))
		return queue
	}

	function openWorker(name: QueueName, processor: Processor, concurrency: number): Worker {
		const options: Omit<WorkerOptions, 'connection'> = { concurrency, autorun: true, settings }
		if (store.kind === 'postgres') {
			return new Worker(name, processor, { ...options, connection: pool() }, createPostgresBackend as never)
		}
		const connection = connectRedis(store.url, 'waits', log)
		consumers.push(connection)
		return new Worker(name, processor, { ...options, connection, prefix })
	}

	function pool(): never {
		if (store.kind !== 'postgres') throw new Error('the queues are not on PostgreSQL')
		return store.pool as never
	}

	function queueOf(name: JobName): Queue {
		const queue = queues.get(jobCatalog[name].queue)
		if (!queue) throw new Error(`no queue for the job ${name}`)
		return queue
	}

	/** Now and each minute, for as long as this process works. */
	function keepClaimsShort(): void {
		const shorten = () =>
			shortenClaims(memory, queueNames).catch((error) =>
				log.warn({ err: error }, 'what workers have claimed could not be looked at'),
			)
		const timer = setInterval(shorten, 60_000).unref()
		stopping.signal.addEventListener('abort', () => clearInterval(timer))
		shorten()
	}

	async function run(processors: Processors, job: Job, token: string | undefined): Promise<void> {
		const end = await runJob(processors, job)
		if (end) await leaveToOthers(job, token, end)
	}

	/**
	 * Puts the job off, where this machine's clock is not ahead. One that is would put it off until others have come that
	 * far: there the job is kept meanwhile, so that others find those that wait, and the reconciler asks for it again.
	 */
	async function leaveToOthers(
		job: Job,
		token: string | undefined,
		{ leftForMs }: LeftToOthers,
	): Promise<void> {
		if (Date.now() > clock.now().getTime()) {
			await wait(leftForMs, undefined, { signal: stopping.signal }).catch(() => {})
			return
		}
		await job.moveToDelayed(Date.now() + leftForMs, token)
		throw new DelayedError()
	}

	function tellSettled(): void {
		for (const tell of settled) tell()
	}

	return {
		enqueue: async (name, payload, options = {}) => {
			const { queue, attempts, backoffMs } = jobCatalog[name]
			const { dedupe, perMs, delayMs } = options
			const id = dedupe === undefined ? undefined : `${name}/${dedupe}`
			const nowMs = clock.now().getTime()
			try {
				if (id && perMs !== undefined) await forgetAskedAhead(memory, queue, { id, perMs, nowMs })
				await queueOf(name).add(name, payload, {
					attempts,
					backoff: { type: 'exponential', delay: backoffMs },
					timestamp: nowMs,
					delay: delayMs,
					deduplication: id ? deduplication(id, perMs) : undefined,
				})
			} catch (error) {
				log.warn(
					{ job: name, err: error },
					'the job could not be queued; the reconciler will find what is due',
				)
			}
		},

		schedule: async (key, when, name, payload) => {
			const repeat = { pattern: when.cron, tz: when.timeZone }
			const { attempts, backoffMs } = jobCatalog[name]
			const opts = { attempts, backoff: { type: 'exponential', delay: backoffMs } }
			await queueOf(name).upsertJobScheduler(key, repeat, { name, data: payload, opts })
		},

		unschedule: async (key, name) => {
			await queueOf(name).removeJobScheduler(key)
		},

		work: (processors, concurrency) => {
			keepClaimsShort()
			for (const name of queueNames) {
				const worker = openWorker(name, (job, token) => run(processors, job, token), concurrency[name])
				worker.on('error', (error) => log.warn({ queue: name, err: error }, 'the worker reports an error'))
				worker.on('failed', (job, error) => {
					log.error(
						{ queue: name, job: job?.name, jobId: job?.id, data: job?.data, err: error },
						'a job failed',
					)
					tellSettled()
				})
				worker.on('completed', tellSettled)
				workers.push(worker)
			}
		},

		drain: async () => {
			const busy = async (): Promise<boolean> => {
				const counts = await Promise.all(
					[...queues.values()].map((queue) => queue.getJobCounts('waiting', 'active', 'prioritized')),
				)
				return counts.some((count) => Object.values(count).some((number) => number > 0))
			}
			while (await busy()) {
				await new Promise<void>((resolve) => {
					const tell = () => {
						settled.delete(tell)
						clearTimeout(timer)
						resolve()
					}
					// an event can pass between the count and here, and another process may have done the job
					const timer = setTimeout(tell, 50)
					settled.add(tell)
				})
			}
		},

		count: () =>
			Promise.all([...queues].map(([name, queue]) => countJobs(name, queue, clock.now().getTime()))),

		ping: async () => {
			if (producer) await producer.ping()
			else await askDatabase(store)
		},

		stopWorking: async (graceMs) => {
			stopping.abort()
			const closing = Promise.all(workers.map((worker) => worker.close()))
			const late = Symbol('late')
			const timer = new Promise<symbol>((resolve) => setTimeout(() => resolve(late), graceMs).unref())
			if ((await Promise.race([closing, timer])) === late) {
				await Promise.all(workers.map((worker) => worker.close(true)))
			}
		},

		close: async () => {
			stopping.abort()
			await Promise.all(workers.map((worker) => worker.close(true)))
			await Promise.all([...queues.values()].map((queue) => queue.close()))
			for (const connection of consumers) connection.disconnect()
		},
	}
}

/** When a schedule comes up next is our own reckoning: BullMQ's passes over hours that clocks leave out. */
const settings = {
	repeatStrategy: (afterMs: number, { pattern = '', tz = 'UTC' }: RepeatOptions): number =>
		nextOccurrence({ cron: pattern, timeZone: tz }, new Date(afterMs)).getTime(),
}

/** A retry that a clock two days ahead has put off must not keep others away so long: it is replaced. */
function deduplication(id: string, perMs: number | undefined): DeduplicationOptions {
	return perMs === undefined ? { id, replace: true } : { id, ttl: perMs }
}

async function countJobs(name: QueueName, queue: Queue, nowMs: number): Promise<QueueState> {
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

async function askDatabase(store: QueueStore): Promise<void> {
	if (store.kind !== 'postgres') return
	if (!(await hearsNotices(store.pool)))
		throw new Error('a notice of the database was not heard: the queues can’t work')
}

async function runJob(processors: Processors, { name, data }: Job): Promise<JobEnd> {
	if (!(name in jobCatalog)) throw new UnrecoverableError(`no such job: ${name}`)
	const known = name as JobName
	const payload = jobCatalog[known].payload.safeParse(data)
	if (!payload.success) throw new UnrecoverableError(payload.error.message)
	const run = processors[known] as (payload: unknown) => Promise<JobEnd>
	return run(payload.data)
}
