import type { Redis } from 'ioredis'
import type { GenerationMark } from '../kernel/installation.ts'

/** Keeps the generation of the database in Redis, for all processes; it only ever rises. */
export function redisGenerationMark(redis: Redis, prefix = 'envoi'): GenerationMark {
	const key = `${prefix}:installation:generation`
	return {
		read: async () => {
			const kept = await redis.get(key)
			return kept === null ? undefined : Number(kept)
		},
		raise: async (generation) => {
			await redis.eval(raise, 1, key, generation)
		},
	}
}

const raise = `
	if tonumber(redis.call('get', KEYS[1]) or '-1') < tonumber(ARGV[1]) then
		redis.call('set', KEYS[1], ARGV[1])
	end`
