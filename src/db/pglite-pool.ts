import { EventEmitter } from 'node:events'
import { PGlite, types } from '@electric-sql/pglite'
import { freeBytesOf, hasRoom, requireRoom } from './require-room.ts'

// what it does not hold the file system does: 128 MB, as PostgreSQL has it, take a tenth of a second more to be set up, and a
// hundred megabytes more, and make no import faster
const sharedBuffers = '32MB'

type QueryResult = { rows: unknown[]; rowCount: number; command: string }
type QueryConfig = { text: string; values?: readonly unknown[] }

/**
 * PGlite (PostgreSQL in WebAssembly) with the face of a `pg.Pool`, so that Kysely, BullMQ and the rate limiter use
 * it as they use a server. There is one session: a client that begins a transaction has it alone until the end of it.
 */
export class PglitePool extends EventEmitter {
	readonly options = { keepAlive: true, max: 1 }
	readonly #database: PGlite
	/** Of the disk that it is on. */
	readonly #freeBytes: () => number
	#turn: Promise<void> = Promise.resolve()
	#ended: Promise<void> | undefined

	constructor(database: PGlite, freeBytes: () => number) {
		super()
		this.setMaxListeners(0)
		this.#database = database
		this.#freeBytes = freeBytes
	}

	/** Opens (or makes) the database in a folder, or one in memory; `dump` is a folder that `PGlite.dumpDataDir` made. */
	static async open(
		folder: string | undefined,
		dump?: Blob,
		freeBytes = () => (folder === undefined ? Number.POSITIVE_INFINITY : freeBytesOf(folder)),
	): Promise<PglitePool> {
		const parsers = {
			[types.INT8]: Number,
			[types.BYTEA]: (text: string) => Buffer.from(text.slice(2), 'hex'),
		}
		const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`]
		const database = await PGlite.create({ dataDir: folder, loadDataDir: dump, parsers, startParams })
		await database.exec('set search_path = public, bullmq')
		return new PglitePool(database, freeBytes)
	}

	async connect(): Promise<PgliteClient> {
		return new PgliteClient(this)
	}

	/** One statement outside any transaction; waits for one that is open. */
	async query(query: string | QueryConfig, values?: readonly unknown[]): Promise<QueryResult> {
		const release = await this.takeTurn()
		try {
			return await this.run(query, values)
		} finally {
			release()
		}
	}

	/** Whether nothing can be stored until there is more room on its disk. */
	lacksRoom(): boolean {
		return !hasRoom(this.#freeBytes(), 'write')
	}

	/** Closes the database once what is under way has ended. */
	end(): Promise<void> {
		this.#ended ??= this.takeTurn().then((release) => this.#database.close().finally(release))
		return this.#ended
	}

	dump(): Promise<Blob> {
		return this.#database.dumpDataDir('none')
	}

	/** Waits for the session and holds it until the returned function is called. */
	async takeTurn(): Promise<() => void> {
		const before = this.#turn
		let release = () => {}
		this.#turn = new Promise((resolve) => {
			release = resolve
		})
		await before
		return release
	}

	/** Runs a statement on the session; for who holds it. Rejects with ENOSPC where the disk has no room for it. */
	async run(query: string | QueryConfig, values?: readonly unknown[]): Promise<QueryResult> {
		const text = typeof query === 'string' ? query : query.text
		const parameters = [...((typeof query === 'string' ? values : query.values) ?? [])]
		const command = /^(?:\s|--[^\n]*\n)*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? ''
		// the end of a transaction frees the session, and needs next to nothing
		if (!/^(COMMIT|ROLLBACK|END)$/.test(command)) {
			requireRoom(this.#freeBytes(), writes.test(text) ? 'write' : 'read')
		}
		if (parameters.length === 0) {
			const results = await this.#database.exec(text)
			const last = results.at(-1)
			return { rows: last?.rows ?? [], rowCount: countRows(last), command }
		}
		const result = await this.#database.query(text, parameters)
		return { rows: result.rows, rowCount: countRows(result), command }
	}

	/** Subscribes to a channel; the returned function ends it. */
	async listen(channel: string, notify: (payload: string) => void): Promise<() => Promise<void>> {
		const release = await this.takeTurn()
		try {
			return await this.#database.listen(channel, notify)
		} finally {
			release()
		}
	}
}

const writes = /\b(insert|update|delete|create|alter|drop|truncate|copy)\b/i

function countRows(result: { rows: unknown[]; affectedRows?: number } | undefined): number {
	return result ? Math.max(result.affectedRows ?? 0, result.rows.length) : 0
}

// BullMQ's LISTEN statements begin with comments
const listenStatement = /^(?:\s|--[^\n]*\n)*listen\s+"?(\w+)"?/i

/** What `connect` gives: a `pg.PoolClient` as far as Kysely and BullMQ use one. */
class PgliteClient extends EventEmitter {
	readonly #pool: PglitePool
	#release: (() => void) | undefined
	readonly #unlisten: Array<() => Promise<void>> = []

	constructor(pool: PglitePool) {
		super()
		this.setMaxListeners(0)
		this.#pool = pool
	}

	async query(query: string | QueryConfig, values?: readonly unknown[]): Promise<QueryResult> {
		const text = typeof query === 'string' ? query : query.text
		const channel = listenStatement.exec(text)?.[1]
		if (channel) return this.#listen(channel)
		if (/^\s*(begin|start\s+transaction)/i.test(text) && !this.#release) {
			this.#release = await this.#pool.takeTurn()
		}
		if (!this.#release) return this.#pool.query(query, values)
		try {
			return await this.#pool.run(query, values)
		} finally {
			if (/^\s*(commit|rollback(?!\s+to)|end\b)/i.test(text)) this.#endTransaction()
		}
	}

	/** Gives the client back; a transaction left open is rolled back. */
	release(): void {
		for (const unlisten of this.#unlisten.splice(0)) unlisten().catch(() => {})
		if (!this.#release) return
		const rolledBack = this.#pool.run('rollback').catch((error: unknown) => {
			// a database that was closed meanwhile has taken nothing of it
			if (!/^PGlite is clos/.test(error instanceof Error ? error.message : '')) throw error
		})
		rolledBack.finally(() => this.#endTransaction())
	}

	#endTransaction(): void {
		this.#release?.()
		this.#release = undefined
	}

	async #listen(channel: string): Promise<QueryResult> {
		const stop = await this.#pool.listen(channel, (payload) => {
			this.emit('notification', { channel, payload, processId: 0 })
		})
		this.#unlisten.push(stop)
		return { rows: [], rowCount: 0, command: 'LISTEN' }
	}
}
