import { Redis } from 'ioredis'
import type { Log } from '../kernel/log.ts'

/**
 * A connection to Redis. One that `fails_fast` is for who has a person waiting: a command is refused while Redis is
 * away, and given up where it doesn't answer in 3 seconds. One that `waits` is for workers: a restart must not end them.
 */
export function connectRedis(url: string, manner: 'fails_fast' | 'waits', log: Log): Redis {
	const waits = manner === 'waits'
	const connection = new Redis(url, {
		maxRetriesPerRequest: waits ? null : 1,
		enableOfflineQueue: waits,
		connectTimeout: 5_000,
		// one that hangs takes connections and answers nothing
		...(waits ? {} : { commandTimeout: 3_000, enableAutoPipelining: true }),
		retryStrategy: (times) => Math.min(times * 200, 2_000),
	})
	// BullMQ adds some listeners for each queue
	connection.setMaxListeners(0)
	tellOfChanges(connection, log)
	return connection
}

/** A line where a connection that worked is lost, and one where it works again; not one for each try between. */
function tellOfChanges(connection: Redis, log: Log): void {
	let wasReady = false
	let told: string | undefined
	connection.on('ready', () => {
		if (told !== undefined) log.info({}, 'Redis answers again')
		wasReady = true
		told = undefined
	})
	connection.on('error', (error: Error) => {
		if (!wasReady || told === error.message) return
		told = error.message
		log.warn({ err: error }, 'Redis reports an error')
	})
}

/** Redis' words for a user or password that is wrong, missing or not allowed, or for what is no Redis: no try mends that. */
export function isRedisRefusal(error: unknown): boolean {
	const { message = '' } = error as { message?: string }
	return /^(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:invalid password|AUTH|Client sent AUTH|DB index|invalid DB))|Protocol error/i.test(
		message,
	)
}

/** Resolves once Redis takes commands; rejects at once where it refuses, else with the last error after `timeoutMs`. */
export async function untilReady(connection: Redis, timeoutMs: number): Promise<void> {
	if (connection.status === 'ready') return
	await new Promise<void>((resolve, reject) => {
		let last = new Error('no answer')
		const end = (error?: Error) => {
			clearTimeout(timer)
			connection.off('error', hear)
			if (error) reject(error)
			else resolve()
		}
		const hear = (error: Error) => {
			last = error
			if (isRedisRefusal(error)) end(error)
		}
		const timer = setTimeout(() => end(last), timeoutMs)
		connection.on('error', hear)
		connection.once('ready', () => end())
	})
}
