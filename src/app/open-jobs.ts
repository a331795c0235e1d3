import type { AppOverrides } from '../app.ts'
import type { Config } from '../config.ts'
import type { Limiter } from '../kernel/limiter.ts'
import type { Log } from '../kernel/log.ts'
import type { TokenBuckets } from '../kernel/rate.ts'
import { createLimiter, type LimiterStore } from '../limits/create-limiter.ts'
import { createTokenBuckets } from '../limits/create-token-buckets.ts'
import { createQueues, type Queues } from '../queues/create-queues.ts'
import { releaseClaims } from '../queues/release-claims.ts'
import type { Closers } from './create-closers.ts'
import type { Data } from './open-data.ts'

/** The queues and the counters that limits are held against: in Redis where there is one, else in the database. */
export async function openJobs(
	config: Config,
	{ queuePrefix }: AppOverrides,
	{ redis, database, followed, log, closers }: Data & { log: Log; closers: Closers },
): Promise<{ jobs: Queues; limiter: Limiter; buckets: TokenBuckets }> {
	const pool = database.queuePool
	// no other process can have an embedded database open
	if (database.kind === 'pglite') await releaseClaims(pool)
	const jobs = createQueues(
		redis && config.redisUrl
			? { kind: 'redis', url: config.redisUrl, producer: redis }
			: { kind: 'postgres', pool },
		log,
		queuePrefix,
		followed,
	)
	closers.add(() => jobs.close())
	const counters: LimiterStore = redis ? { kind: 'redis', client: redis } : { kind: 'postgres', pool }
	return {
		jobs,
		limiter: createLimiter(counters, log, queuePrefix),
		buckets: createTokenBuckets(counters, log, queuePrefix),
	}
}
