import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import { RateLimiterPostgres, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Limiter } from '../kernel/limiter.ts'
import type { Log } from '../kernel/log.ts'

export type LimiterStore = { kind: 'redis'; client: Redis } | { kind: 'postgres'; pool: Pool }

/** A limiter whose counters are in Redis, or in the table `rate_limits`. */
export function createLimiter(store: LimiterStore, log: Log): Limiter {
	const limiters = new Map<string, RateLimiterRedis | RateLimiterPostgres>()

	const limiterFor = (points: number, duration: number): RateLimiterRedis | RateLimiterPostgres => {
		const id = `${points}/${duration}`
		const known = limiters.get(id)
		if (known) return known
		const made = create(store, points, duration)
		limiters.set(id, made)
		return made
	}

	return {
		take: async (key, { points, perSeconds }) => {
			try {
				await limiterFor(points, perSeconds).consume(key)
				return { ok: true }
			} catch (reason) {
				if (reason instanceof RateLimiterRes) {
					return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(reason.msBeforeNext / 1000)) }
				}
				log.error({ err: reason }, 'the counters of the limits do not answer')
				return { ok: true }
			}
		},
	}
}

function create(
	store: LimiterStore,
	points: number,
	duration: number,
): RateLimiterRedis | RateLimiterPostgres {
	const options = { points, duration, keyPrefix: `limit:${points}:${duration}` }
	if (store.kind === 'redis') return new RateLimiterRedis({ ...options, storeClient: store.client })
	return new RateLimiterPostgres({
		...options,
		storeClient: store.pool,
		storeType: 'pool',
		schemaName: 'public',
		tableName: 'rate_limits',
		tableCreated: true,
		clearExpiredByTimeout: false,
	})
}
