import type { Redis } from 'ioredis'
import type { Pool } from 'pg'

/** Where queues keep what they remember until some time; of Redis with the prefix of all keys. */
export type QueueMemory =
	| { kind: 'redis'; client: Redis; prefix: string }
	| { kind: 'postgres'; pool: Pick<Pool, 'query'> }

/** Clocks of machines may differ by so much. */
const toleranceMs = 10_000
const dayMs = 86_400_000

/**
 * Forgets that a job was asked for where that would be remembered for longer than `perMs` from `nowMs` on: it was asked for
 * while the clock was ahead, and nobody could ask again before the clock comes there once more.
 */
export async function forgetAskedAhead(
	memory: QueueMemory,
	queue: string,
	{ id, perMs, nowMs }: { id: string; perMs: number; nowMs: number },
): Promise<void> {
	if (memory.kind === 'redis') {
		// counted by the server's own clock, which may have been ahead as well
		const key = `${memory.prefix}:${queue}:de:${id}`
		if ((await memory.client.pttl(key)) > perMs + toleranceMs) await memory.client.del(key)
		return
	}
	// and what nobody asks for again, which BullMQ would keep for ever
	await memory.pool.query(
		`delete from bullmq.dedup where queue = $1
			and ((dedup_id = $2 and expire_at_ms > $3::bigint) or expire_at_ms < $4::bigint)`,
		[queue, id, Math.round(nowMs + perMs + toleranceMs), Math.round(nowMs - dayMs)],
	)
}

/** BullMQ locks a job for 30 seconds at a time, and looks each 30 seconds for locks that were not renewed. */
const longestLockMs = 600_000
const lockLeftMs = 60_000

/**
 * Shortens what workers have claimed until a time that only a wrong clock can have said: a job of a process that died while
 * its clock was ahead would else count as running, and keep others of its kind away, until that time comes. A worker that
 * lives has renewed its claim long before the shortened one ends.
 */
export async function shortenClaims(memory: QueueMemory, queues: readonly string[]): Promise<void> {
	if (memory.kind === 'postgres') {
		const now = '(extract(epoch from clock_timestamp()) * 1000)::bigint'
		await memory.pool.query(
			`update bullmq.job set locked_until_ms = ${now} + $1
				where state = 'active' and locked_until_ms > ${now} + $2`,
			[lockLeftMs, longestLockMs],
		)
		await memory.pool.query(
			`update bullmq.meta set value = ${now}::text where field = 'stalled-check' and value::bigint > ${now} + $1`,
			[lockLeftMs],
		)
		return
	}
	const { client, prefix } = memory
	for (const queue of queues) {
		const key = (name: string) => `${prefix}:${queue}:${name}`
		if ((await client.pttl(key('stalled-check'))) > longestLockMs) await client.del(key('stalled-check'))
		for (const jobId of await client.lrange(key('active'), 0, 999)) {
			const lock = key(`${jobId}:lock`)
			if ((await client.pttl(lock)) > longestLockMs) await client.pexpire(lock, lockLeftMs)
		}
	}
}
