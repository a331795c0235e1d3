import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import type { Log } from '../kernel/log.ts'
import type { TokenBuckets, TokenGrant, TokenRequest } from '../kernel/rate.ts'
import type { LimiterStore } from './create-limiter.ts'

/** Token buckets in Redis, or in the table `token_buckets`. Their time is the server's own. `prefix` keeps apart what shares a Redis. */
export function createTokenBuckets(store: LimiterStore, log: Log, prefix = 'envoi'): TokenBuckets {
	return {
		take: async (requests) => {
			if (requests.length === 0) return []
			try {
				return store.kind === 'redis'
					? await takeFromRedis(store.client, prefix, requests)
					: await takeFromPostgres(store.pool, requests)
			} catch (error) {
				log.error({ err: error }, 'the buckets of the speed limits do not answer')
				return requests.map(() => ({ granted: 0, waitMs: 1_000 }))
			}
		},
	}
}

// gives granted and wait of each bucket; one that was not used for long is full anyway, so it may expire
const script = `
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local answer = {}
for i, key in ipairs(KEYS) do
	local rate, burst, count = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
	local held = redis.call('HMGET', key, 'tokens', 'at')
	local tokens, at = tonumber(held[1] or burst), tonumber(held[2] or now)
	tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
	local granted = math.min(count, math.floor(tokens + 0.000001))
	tokens = tokens - granted
	redis.call('HSET', key, 'tokens', string.format('%.9f', tokens), 'at', string.format('%.6f', math.max(now, at)))
	redis.call('PEXPIRE', key, math.ceil(1000 * burst / rate) + 60000)
	answer[2 * i - 1] = granted
	answer[2 * i] = math.max(0, math.ceil(1000 * (1 - tokens) / rate))
end
return answer`

async function takeFromRedis(
	client: Redis,
	prefix: string,
	requests: readonly TokenRequest[],
): Promise<TokenGrant[]> {
	const keys = requests.map(({ key }) => `${prefix}:bucket:${key}`)
	const values = requests.flatMap(({ rate, count }) => [rate.perSecond, rate.burst, count])
	const answer = (await client.eval(script, keys.length, ...keys, ...values)) as number[]
	return requests.map((_, index) => ({
		granted: answer[2 * index] ?? 0,
		waitMs: answer[2 * index + 1] ?? 1_000,
	}))
}

/** The rows are locked in the order of their keys, so that two that want the same buckets can't wait for each other. */
const statement = `
	with wished as (
		select * from unnest($1::text[], $2::float8[], $3::float8[], $4::int[]) as w (key, rate, burst, count)
	), locked as materialized (
		select key, tokens, filled_at from token_buckets where key = any ($1) order by key for update
	), filled as materialized (
		select w.key, w.rate, w.count, t.now,
			least(w.burst, l.tokens + greatest(0, extract(epoch from t.now - l.filled_at)) * w.rate) as tokens
		from locked l join wished w using (key) cross join lateral (select clock_timestamp() as now) t
	), granted as (
		select *, least(count, floor(tokens + 0.000001))::int as granted from filled
	)
	update token_buckets b set tokens = g.tokens - g.granted, filled_at = greatest(g.now, b.filled_at)
	from granted g where b.key = g.key
	returning b.key, g.granted, greatest(0, ceil(1000 * (1 - g.tokens + g.granted) / g.rate))::float8 as wait`

async function takeFromPostgres(pool: Pool, requests: readonly TokenRequest[]): Promise<TokenGrant[]> {
	const values = [
		requests.map(({ key }) => key),
		requests.map(({ rate }) => rate.perSecond),
		requests.map(({ rate }) => rate.burst),
		requests.map(({ count }) => count),
	]
	let { rows } = await pool.query<{ key: string; granted: number; wait: number }>(statement, values)
	if (rows.length < requests.length) {
		await pool.query(
			`insert into token_buckets (key, tokens, filled_at)
			select key, burst, clock_timestamp() from unnest($1::text[], $2::float8[]) as w (key, burst)
			on conflict do nothing`,
			[values[0], values[2]],
		)
		// what the first look granted stays granted: only the buckets that were missing are asked again
		const missing = requests.filter(({ key }) => !rows.some((row) => row.key === key))
		const again = await takeFromPostgres(pool, missing)
		rows = [
			...rows,
			...missing.map(({ key }, index) => ({
				key,
				granted: again[index]?.granted ?? 0,
				wait: again[index]?.waitMs ?? 1_000,
			})),
		]
	}
	const byKey = new Map(rows.map(({ key, granted, wait }) => [key, { granted, waitMs: wait }]))
	return requests.map(({ key }) => byKey.get(key) ?? { granted: 0, waitMs: 1_000 })
}
