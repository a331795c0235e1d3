import type { Redis } from 'ioredis'

/** The version that the server of the queues tells, of Redis or of what speaks like it. */
export async function readRedisVersion(redis: Redis): Promise<string> {
	const said = await redis.info('server')
	return /^(?:valkey|redis)_version:(\S+)/m.exec(said)?.[1] ?? ''
}
