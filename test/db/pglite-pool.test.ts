import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../src/db/open-database.ts'
import { PglitePool } from '../../src/db/pglite-pool.ts'

let database: OpenDatabase

beforeAll(async () => {
	database = await openDatabase({ folder: undefined }, () => {})
	await database.queuePool.query('create table counted (n bigint primary key, at timestamptz, tags text[])')
})
afterAll(() => database.close())

describe('the embedded database behind the face of a pool', () => {
	it('gives whole numbers as numbers, times as instants and lists as arrays, as the server does', async () => {
		const at = new Date('2026-03-29T01:30:00Z')
		await database.queuePool.query('insert into counted values ($1, $2, $3)', [
			9_000_000_000,
			at,
			['a,b', '"c"'],
		])
		const { rows } = await database.queuePool.query('select * from counted')
		expect(rows).toEqual([{ n: 9_000_000_000, at, tags: ['a,b', '"c"'] }])
	})

	it('gives a transaction the session alone: what others ask meanwhile waits and sees it whole', async () => {
		const order: string[] = []
		const transaction = database.db.transaction().execute(async (tx) => {
			await sql`insert into counted values (1)`.execute(tx)
			order.push('inside')
			await sql`insert into counted values (2)`.execute(tx)
			order.push('inside again')
		})
		const other = sql<{ n: number }>`select count(*) as n from counted where n < 10`
			.execute(database.db)
			.then((result) => {
				order.push('outside')
				return result.rows[0]?.n
			})
		await transaction
		expect(await other).toBe(2)
		expect(order).toEqual(['inside', 'inside again', 'outside'])
	})

	it('takes back what a failed transaction did, and goes on', async () => {
		const failed = database.db.transaction().execute(async (tx) => {
			await sql`insert into counted values (3)`.execute(tx)
			await sql`insert into counted values (3)`.execute(tx)
		})
		await expect(failed).rejects.toThrow(/duplicate key/)
		const { rows } = await sql<{ n: number }>`select count(*) as n from counted where n = 3`.execute(
			database.db,
		)
		expect(rows[0]?.n).toBe(0)
	})

	it('lets a client be given back that would begin when the database has been closed', async () => {
		const closing = await openDatabase({ folder: undefined }, () => {})
		const client = await closing.queuePool.connect()
		await closing.close()
		await expect(client.query('begin')).rejects.toThrow('closed')
		const failures: unknown[] = []
		const note = (error: unknown) => failures.push(error)
		process.on('unhandledRejection', note)
		client.release()
		await new Promise((resolve) => setImmediate(resolve))
		process.off('unhandledRejection', note)
		expect(failures).toEqual([])
	})

	it('rolls back what a client left open when it is given back', async () => {
		const client = await database.queuePool.connect()
		await client.query('begin')
		await client.query('insert into counted values (4)')
		client.release()
		const { rows } = await database.queuePool.query('select count(*) as n from counted where n = 4')
		expect(rows).toEqual([{ n: 0 }])
	})

	it('passes notifications on to a client that listens', async () => {
		const client = await database.queuePool.connect()
		await client.query('-- why\nlisten news')
		const heard = new Promise((resolve) => client.on('notification', (message) => resolve(message.payload)))
		await database.queuePool.query(`select pg_notify('news', 'come')`)
		expect(await heard).toBe('come')
		client.release()
	})
})

describe('an embedded database on a disk that fills up', () => {
	it('stores nothing before there is too little room for it to go on, and goes on where there is room again', async () => {
		let free = 1_000_000_000
		const pool = await PglitePool.open(undefined, undefined, () => free)
		const insert = () => pool.query('insert into kept values (1)')
		await pool.query('create table kept (n int)')
		await insert()

		free = 30_000_000
		await expect(insert()).rejects.toMatchObject({ code: 'ENOSPC' })
		expect((await pool.query('select * from kept')).rows).toEqual([{ n: 1 }])
		free = 10_000_000
		await expect(pool.query('select * from kept')).rejects.toMatchObject({ code: 'ENOSPC' })

		free = 1_000_000_000
		const client = await pool.connect()
		await client.query('begin')
		await client.query('insert into kept values (2)')
		free = 10_000_000
		await expect(client.query('insert into kept values (3)')).rejects.toMatchObject({ code: 'ENOSPC' })
		await client.query('rollback')
		free = 1_000_000_000
		await insert()
		expect((await pool.query('select * from kept')).rows).toEqual([{ n: 1 }, { n: 1 }])
		await pool.end()
	})
})
