import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import { RateLimiterPostgres, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Limiter, LimiterAnswer } from '../kernel/limiter.ts'
import type { Log } from '../kernel/log.ts'
import { createMemoryCounters } from './memory-counters.ts'
import { createTakeFromRedis } from './take-from-redis.ts'

export type LimiterStore = { kind: 'redis'; client: Redis } | { kind: 'postgres'; pool: Pool }

type Limit = { points: number; perSeconds: number }
type Shared = RateLimiterRedis | RateLimiterPostgres

// a store that hangs must not cost each request its timeout
const leftAloneMs = 5_000

/**
 * A limiter whose counters are in Redis, or in the table `rate_limits`. Where those do not answer, it counts in this
 * process's memory and asks again after a while; the log has a line when that begins and one when it is over. `prefix` keeps
 * apart what shares a Redis.
 */
export function createLimiter(store: LimiterStore, log: Log, prefix = 'envoi'): Limiter {
	const limiters = new Map<string, Shared>()
	const own = createMemoryCounters()
	let failedAt: number | undefined

	const takeFromRedis = store.kind === 'redis' ? createTakeFromRedis(store.client) : undefined

	const limiterFor = (points: number, duration: number): Shared => {
		const id = `${points}/${duration}`
		const known = limiters.get(id)
		if (known) return known
		const made = create(store, { points, duration, keyPrefix: `${prefix}:limit:${id}` })
		limiters.set(id, made)
		return made
	}

	const takeShared = async (key: string, limit: Limit): Promise<LimiterAnswer> => {
		const shared = limiterFor(limit.points, limit.perSeconds)
		if (!takeFromRedis) return shared.consume(key).then(() => ({ ok: true }), toRefusal)
		const { count, msToEnd } = await takeFromRedis({ key: shared.getKey(key), perSeconds: limit.perSeconds })
		return count <= limit.points ? { ok: true } : refusal(msToEnd)
	}

	const noteFailure = (error: unknown): void => {
		if (failedAt === undefined) {
			log.error({ err: error }, 'the counters of the limits do not answer: counting in memory')
		}
		failedAt = performance.now()
	}

	const noteAnswer = (): void => {
		if (failedAt !== undefined) log.info({}, 'the counters of the limits answer again')
		failedAt = undefined
	}

	return {
		take: async (key, limit) => {
			const resting = failedAt !== undefined && performance.now() - failedAt < leftAloneMs
			if (resting) return own.take(key, limit)
			try {
				const answer = await takeShared(key, limit)
				noteAnswer()
				return answer
			} catch (reason) {
				noteFailure(reason)
				return own.take(key, limit)
			}
		},

		count: async (key, limit) => {
			if (failedAt !== undefined) return own.count(key)
			try {
				const found = await limiterFor(limit.points, limit.perSeconds).get(key)
				return found?.consumedPoints ?? 0
			} catch (reason) {
				noteFailure(reason)
				return own.count(key)
			}
		},

		giveBack: async (key, limit) => {
			if (failedAt !== undefined) return own.giveBack(key)
			try {
				await limiterFor(limit.points, limit.perSeconds).reward(key)
			} catch (reason) {
				noteFailure(reason)
			}
		},

		forgetExpired: async () => {
			// Redis forgets by itself
			if (store.kind === 'redis') return 0
			const sql = 'delete from public.rate_limits where expire < $1'
			return (await store.pool.query(sql, [Date.now()])).rowCount ?? 0
		},
	}
}

/** What the library rejects with where no point is left; anything else is a failure. */
function toRefusal(reason: unknown): LimiterAnswer {
	if (reason instanceof RateLimiterRes) return refusal(reason.msBeforeNext)
	throw reason
}

function refusal(msToEnd: number): LimiterAnswer {
	return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(msToEnd / 1_000)) }
}

function create(
	store: LimiterStore,
	options: { points: number; duration: number; keyPrefix: string },
): Shared {
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
