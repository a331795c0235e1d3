import { AppError } from '../kernel/app-error.ts'
import type { Log } from '../kernel/log.ts'
import { connectRedis, isRedisRefusal, untilReady } from '../queues/connect-redis.ts'

const readyWithinMs = 5_000

/** Connects to REDIS_URL. Throws `unavailable` where it does not answer within 5 seconds, or refuses. */
export async function openRedis(url: string, log: Log): Promise<ReturnType<typeof connectRedis>> {
	const redis = connectRedis(url, 'fails_fast', log)
	try {
		await untilReady(redis, readyWithinMs)
		return redis
	} catch (error) {
		redis.disconnect()
		const message = isRedisRefusal(error) ? 'errors.redis.refused' : 'errors.redis.down'
		throw new AppError('unavailable', message, { cause: error })
	}
}
