import { countPauses } from '../deliveries/index.ts'
import { digestFigures } from '../digests/index.ts'
import type { Log } from '../kernel/log.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import type { Queues } from '../queues/create-queues.ts'
import { sourceFigures } from '../stories/index.ts'
import { subscriptionFigures } from '../subscriptions/index.ts'
import type { Data } from './open-data.ts'

type MetricsParts = Data & { log: Log; jobs: Queues; version: string; capturesMail: boolean }

/** The metrics, with what reads their figures from queues and tables. */
export function openMetrics({ database, followed, clock, log, jobs, version, capturesMail }: MetricsParts) {
	return createMetrics(version, {
		log,
		queues: () => jobs.count(),
		digests: () => digestFigures(database),
		sources: () => sourceFigures(database),
		pauses: () => countPauses(database),
		subscriptions: () => subscriptionFigures({ db: database.db, clock }),
		clockOffsetSeconds: followed?.secondsAhead,
		capturesMail,
	})
}
