import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from '../kernel/database.ts'
import type { Tables } from '../kernel/tables.ts'
import { PglitePool } from './pglite-pool.ts'

/** What is open: the database for our tables, and a pool for BullMQ's and the rate limiter's own. */
export type OpenDatabase = {
	db: Database
	queuePool: pg.Pool
	kind: 'postgres' | 'pglite'
	/** Whether the disk of an embedded database is so full that nothing is stored; that of a server is not seen from here. */
	lacksRoom(): boolean
	/** The whole embedded database as one file, to be opened again as `dump`. */
	dump?: () => Promise<Blob>
	close(): Promise<void>
}

/** `freeBytes`: how much is free on the disk of an embedded one, where a test says so. */
export type DatabaseLocation =
	| { url: string }
	| { folder: string | undefined; dump?: Blob; freeBytes?: () => number }

/** Opens PostgreSQL at a URL, or PGlite in a folder (or, with none, in memory). Nothing is asked of it yet. */
export async function openDatabase(
	at: DatabaseLocation,
	onError: (error: Error) => void,
): Promise<OpenDatabase> {
	return 'url' in at ? openPostgres(at.url, onError) : openPglite(at)
}

function openPostgres(url: string, onError: (error: Error) => void): OpenDatabase {
	const types = new pg.TypeOverrides()
	types.setTypeParser(pg.types.builtins.INT8, Number)
	const shared = { connectionString: url, keepAlive: true, connectionTimeoutMillis: 5_000 }
	// one stays open, by which a restore sees that a process is there, however idle
	const pool = new pg.Pool({ ...shared, min: 1, max: 20, types, application_name: 'envoi' })
	// BullMQ's LISTEN holds a connection a worker, so it has a pool of its own
	const queuePool = new pg.Pool({
		...shared,
		max: 20,
		// as a statement, for poolers such as PgBouncer take no options at the start of a session
		onConnect: async (client) => void (await client.query('set search_path = bullmq, public')),
	})
	for (const each of [pool, queuePool]) watchConnections(each, onError)
	return {
		db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
		queuePool,
		kind: 'postgres',
		lacksRoom: () => false,
		close: async () => {
			await Promise.all([pool.end(), queuePool.end()])
		},
	}
}

/** A connection that is lost must end what it was used for, never the process; the pool itself hears of idle ones only. */
function watchConnections(pool: pg.Pool, onError: (error: Error) => void): void {
	pool.on('connect', (client) => client.on('error', () => {}))
	pool.on('error', (error) => {
		// the pool adds the whole client, which is nothing for the log
		if ('client' in error) delete error.client
		onError(error)
	})
}

async function openPglite(at: Exclude<DatabaseLocation, { url: string }>): Promise<OpenDatabase> {
	const pglite = await PglitePool.open(at.folder, at.dump, at.freeBytes)
	const pool = pglite as unknown as pg.Pool
	return {
		db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
		queuePool: pool,
		kind: 'pglite',
		lacksRoom: () => pglite.lacksRoom(),
		dump: () => pglite.dump(),
		close: () => pglite.end(),
	}
}
