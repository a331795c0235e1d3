import type { Worker } from 'bullmq'
import type { Processors, QueueName } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import type { BullmqParts } from './bullmq-parts.ts'
import { type QueueMemory, shortenClaims } from './forget-wrong-times.ts'
import { runJob } from './run-job.ts'

type WorkerParts = {
	parts: BullmqParts
	memory: QueueMemory
	clock: Clock
	log: Log
	queueNames: readonly QueueName[]
	/** Called after each job, done or failed. */
	onSettled(): void
}

export type JobWorkers = {
	start(processors: Processors, concurrency: Record<QueueName, number>): void
	/** Lets jobs end within `graceMs`, then gives them up. */
	stop(graceMs: number): Promise<void>
	close(): Promise<void>
}

const shortenClaimsEveryMs = 60_000

/** The BullMQ workers of this process, one a queue. */
export function createJobWorkers({
	parts,
	memory,
	clock,
	log,
	queueNames,
	onSettled,
}: WorkerParts): JobWorkers {
	const workers: Worker[] = []
	const stopping = new AbortController()
	const { signal } = stopping

	return {
		start: (processors, concurrency) => {
			keepClaimsShort(signal, { memory, queueNames, log })
			for (const name of queueNames) {
				const worker = parts.openWorker(
					name,
					(job, token) => runJob(processors, job, token, { clock, stopping: signal }),
					concurrency[name],
				)
				logTrouble(name, worker, log)
				worker.on('failed', onSettled)
				worker.on('completed', onSettled)
				workers.push(worker)
			}
		},
		stop: async (graceMs) => {
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
		},
	}
}

/** Now and each minute, for as long as this process works. */
function keepClaimsShort(
	stopping: AbortSignal,
	{ memory, queueNames, log }: Pick<WorkerParts, 'memory' | 'queueNames' | 'log'>,
): void {
	const shorten = () =>
		shortenClaims(memory, queueNames).catch((error) =>
			log.warn({ err: error }, 'what workers have claimed could not be looked at'),
		)
	const timer = setInterval(shorten, shortenClaimsEveryMs).unref()
	stopping.addEventListener('abort', () => clearInterval(timer))
	shorten()
}

function logTrouble(queue: QueueName, worker: Worker, log: Log): void {
	worker.on('error', (error) => log.warn({ queue, err: error }, 'the worker reports an error'))
	worker.on('failed', (job, error) => {
		log.error({ queue, job: job?.name, jobId: job?.id, data: job?.data, err: error }, 'a job failed')
	})
}
