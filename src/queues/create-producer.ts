import type { DeduplicationOptions, Queue } from 'bullmq'
import { type JobCatalog, type JobName, jobCatalog } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Jobs } from '../kernel/jobs.ts'
import type { Log } from '../kernel/log.ts'
import { forgetAskedAhead, type QueueMemory } from './forget-wrong-times.ts'

type ProducerParts = { queueOf(name: JobName): Queue; memory: QueueMemory; clock: Clock; log: Log }

/** Puts jobs and schedules into the queues. A job that can't be queued is logged: the reconciler finds what is due. */
export function createProducer({ queueOf, memory, clock, log }: ProducerParts): Jobs<JobCatalog> {
	return {
		enqueue: async (name, payload, { dedupe, perMs, delayMs } = {}) => {
			const { queue } = jobCatalog[name]
			const id = dedupe === undefined ? undefined : `${name}/${dedupe}`
			const nowMs = clock.now().getTime()
			try {
				if (id && perMs !== undefined) await forgetAskedAhead(memory, queue, { id, perMs, nowMs })
				await queueOf(name).add(name, payload, {
					...attemptsOf(name),
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
			await queueOf(name).upsertJobScheduler(key, repeat, { name, data: payload, opts: attemptsOf(name) })
		},
		unschedule: async (key, name) => {
			await queueOf(name).removeJobScheduler(key)
		},
	}
}

function attemptsOf(name: JobName) {
	const { attempts, backoffMs } = jobCatalog[name]
	return { attempts, backoff: { type: 'exponential', delay: backoffMs } }
}

/** A retry that a clock two days ahead has put off must not keep others away so long: it is replaced. */
function deduplication(id: string, perMs: number | undefined): DeduplicationOptions {
	return perMs === undefined ? { id, replace: true } : { id, ttl: perMs }
}
