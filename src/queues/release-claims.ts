import type { Pool } from 'pg'

/**
 * Has BullMQ take up all that runs by its books as soon as workers start, and not when their locks have run out and were
 * looked at twice. Only for who alone works on these queues, and before it does: what ran there died with the last process.
 */
export async function releaseClaims(pool: Pick<Pool, 'query'>): Promise<void> {
	await pool.query(`update bullmq.job set locked_until_ms = 0, stalled_marked = true where state = 'active'`)
	await pool.query(`delete from bullmq.meta where field = 'stalled-check'`)
}
