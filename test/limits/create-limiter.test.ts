import { readFile } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase } from '../../src/db/open-database.ts'
import { createLimiter } from '../../src/limits/create-limiter.ts'
import { createMemoryCounters } from '../../src/limits/memory-counters.ts'
import { pruneProcessor } from '../../workers/prune.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())

describe('limits whose counters do not answer', () => {
	it('hold in the memory of the process, and the log says so once', async () => {
		const logged: string[] = []
		const log = {
			...app.log,
			error: (_fields: object, message: string) => void logged.push(message),
			info: (_fields: object, message: string) => void logged.push(message),
		}
		let asked = 0
		const query = () => {
			asked += 1
			return Promise.reject(new Error('connection refused'))
		}
		const pool = { query, connect: query } as unknown as Pool
		const limiter = createLimiter({ kind: 'postgres', pool }, log)
		const answers = []
		for (let times = 1; times <= 5; times++) {
			answers.push((await limiter.take('key', { points: 3, perSeconds: 60 })).ok)
		}
		expect(answers).toEqual([true, true, true, false, false])
		expect(await limiter.take('another', { points: 3, perSeconds: 60 })).toEqual({ ok: true })
		expect(logged).toHaveLength(1)
		// one that hangs would cost each its timeout
		expect(asked).toBe(1)
	})

	it('cost what is asked at once one try together, where they are in Redis', async () => {
		const logged: string[] = []
		const log = { ...app.log, error: (_fields: object, message: string) => void logged.push(message) }
		let asked = 0
		const client = {
			eval: () => {
				asked += 1
				return Promise.reject(new Error('Connection is closed.'))
			},
		} as unknown as Redis
		const limiter = createLimiter({ kind: 'redis', client }, log)
		const twice = { points: 2, perSeconds: 60 }
		const answers = await Promise.all([1, 2, 3].map(() => limiter.take('key', twice)))
		expect(answers.map(({ ok }) => ok)).toEqual([true, true, false])
		expect(asked).toBe(1)
		expect(logged).toHaveLength(1)
	})

	it('keep to a number of keys, whoever makes up how many', () => {
		const counters = createMemoryCounters(3)
		const once = { points: 1, perSeconds: 60 }
		for (const key of ['a', 'b', 'c']) counters.take(key, once)
		expect(counters.take('c', once)).toEqual({ ok: false, retryAfterSeconds: 60 })
		counters.take('d', once)
		expect(counters.take('a', once)).toEqual({ ok: true })
		expect(counters.take('d', once)).toMatchObject({ ok: false })
	})
})

describe('counters in the database', () => {
	it('are deleted once their window is over', async () => {
		const url = app.config.databaseUrl
		const dump = new Blob(url ? [] : [await readFile(inject('migratedDump'))])
		const { queuePool: pool, close } = await openDatabase(
			url ? { url } : { folder: undefined, dump },
			() => {},
		)
		const limiter = createLimiter({ kind: 'postgres', pool }, app.log)
		await limiter.take('short', { points: 1, perSeconds: 1 })
		await limiter.take('long', { points: 1, perSeconds: 3_600 })
		await pool.query(`update rate_limits set expire = expire - $1 where key like '%short'`, [5_000])
		await pruneProcessor({ ...app, limiter })({})
		const { rows } = await pool.query<{ key: string }>('select key from rate_limits', [])
		expect(rows.map(({ key }) => key)).toEqual(['envoi:limit:1/3600:long'])
		await close()
	})
})
