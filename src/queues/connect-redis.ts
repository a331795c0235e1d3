import { Redis } from 'ioredis'
import type { Log } from '../kernel/log.ts'

/**
 * A connection to Redis. One that `fails_fast` is for who has a person waiting: a command is refused while Redis is
 * away. One that `waits` is for workers: a restart of Redis must not end them.
 */
export function connectRedis(url: string, manner: 'fails_fast' | 'waits', log: Log): Redis {
	const waits = manner === 'waits'
	const connection = new Redis(url, {
		maxRetriesPerRequest: waits ? null : 1,
		enableOfflineQueue: waits,
		connectTimeout: 5_000,
		retryStrategy: (times) => Math.min(times * 200, 2_000),
	})
	connection.on('error', (error) => log.warn({ err: error }, 'Redis reports an error'))
	return connection
}

/** Resolves once Redis takes commands; rejects with the last error after `timeoutMs`. */
export async function untilReady(connection: Redis, timeoutMs: number): Promise<void> {
	if (connection.status === 'ready') return
	await new Promise<void>((resolve, reject) => {
		let last = new Error('no answer')
		const timer = setTimeout(() => reject(last), timeoutMs)
		connection.on('error', (error) => {
			last = error
		})
		connection.once('ready', () => {
			clearTimeout(timer)
			resolve()
		})
	})
}
