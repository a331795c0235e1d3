import type { Redis } from 'ioredis'
import { inBatches } from '../kernel/in-batches.ts'

/** One more in the window of a key, which lasts `perSeconds` from its first. */
export type Take = { key: string; perSeconds: number }
export type Taken = { count: number; msToEnd: number }

/** What one script counts at most. */
const most = 100

// gives the count and the milliseconds to the end of each; one without an end, which nothing of ours makes, gets one
const script = `
local answer = {}
for i, key in ipairs(KEYS) do
	local count = redis.call('INCR', key)
	local left = redis.call('PTTL', key)
	if left < 0 then
		left = 1000 * tonumber(ARGV[i])
		redis.call('PEXPIRE', key, left)
	end
	answer[2 * i - 1] = count
	answer[2 * i] = left
end
return answer`

/**
 * Counts in Redis, in windows that begin with their first. What is asked at once goes there together: one by one, a rush would
 * spend more on the way than on all else. The keys are those of `RateLimiterRedis`, which reads them and gives back. Rejects
 * where Redis does, once.
 */
export function createTakeFromRedis(client: Redis): (take: Take) => Promise<Taken> {
	const take = inBatches<Take, Taken | { failure: unknown }>(async (takes) => {
		try {
			const keys = takes.map(({ key }) => key)
			const seconds = takes.map(({ perSeconds }) => perSeconds)
			const answer = (await client.eval(script, keys.length, ...keys, ...seconds)) as number[]
			return takes.map((_, index) => ({
				count: answer[2 * index] ?? 0,
				msToEnd: answer[2 * index + 1] ?? 0,
			}))
		} catch (failure) {
			// not thrown: a Redis that hangs is not asked for each again
			return takes.map(() => ({ failure }))
		}
	}, most)
	return async (wanted) => {
		const taken = await take(wanted)
		if ('failure' in taken) throw taken.failure
		return taken
	}
}
