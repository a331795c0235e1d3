import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'

/**
 * Whether a session of the database hears what another one notifies, as BullMQ's workers must: a pooler that hands each
 * transaction to another connection lets nothing through. Rejects where the database does not answer.
 */
export async function hearsNotices(pool: Pool, withinMs = 2_000): Promise<boolean> {
	const client = await pool.connect()
	const channel = `envoi_${randomUUID().replaceAll('-', '')}`
	try {
		await client.query(`listen ${channel}`)
		const heard = untilHeard(client, channel, withinMs)
		await pool.query('select pg_notify($1, $2)', [channel, 'heard'])
		return await heard
	} finally {
		await client.query(`unlisten ${channel}`).catch(() => {})
		client.release()
	}
}

function untilHeard(client: PoolClient, channel: string, withinMs: number): Promise<boolean> {
	return new Promise((resolve) => {
		const end = (heard: boolean) => {
			clearTimeout(timer)
			client.removeListener('notification', listener)
			resolve(heard)
		}
		const listener = (notice: { channel: string }) => notice.channel === channel && end(true)
		const timer = setTimeout(() => end(false), withinMs)
		client.on('notification', listener)
	})
}
