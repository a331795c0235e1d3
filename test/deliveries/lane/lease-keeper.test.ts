import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LeaseKeeper } from '../../../src/deliveries/lane/lease-keeper.ts'
import type { Database } from '../../../src/kernel/database.ts'
import type { Log } from '../../../src/kernel/log.ts'

const warnings: string[] = []
const log: Log = {
	info: () => {},
	warn: (_values, text) => void warnings.push(text),
	error: () => {},
	child: () => log,
}

/** Answers every statement with nothing, or can't be reached. */
const databaseThat = (answers: boolean): Database =>
	new Kysely({
		dialect: {
			createAdapter: () => new PostgresAdapter(),
			createDriver: () => {
				const driver = new DummyDriver()
				if (!answers) driver.acquireConnection = () => Promise.reject(new Error('connect ECONNREFUSED'))
				return driver
			},
			createIntrospector: (db) => new PostgresIntrospector(db),
			createQueryCompiler: () => new PostgresQueryCompiler(),
		},
	})

const keeperOf = (db: Database) => new LeaseKeeper({ db, log }, { digestId: 1, worker: 'a' })

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

it('takes a row for its own until 45 seconds after the claim, or the last renewal', async () => {
	const keeper = keeperOf(databaseThat(true))
	const claimedAt = performance.now()
	vi.advanceTimersByTime(44_000)
	expect(keeper.isSafe(claimedAt)).toBe(true)
	await keeper.renew()
	vi.advanceTimersByTime(44_000)
	expect(keeper.isSafe(claimedAt)).toBe(true)
	vi.advanceTimersByTime(2_000)
	expect(keeper.isSafe(claimedAt)).toBe(false)
})

it('lets rows go that could not be renewed', async () => {
	const keeper = keeperOf(databaseThat(false))
	const claimedAt = performance.now()
	vi.advanceTimersByTime(44_000)
	await keeper.renew()
	expect(warnings).toEqual(['leases could not be renewed'])
	vi.advanceTimersByTime(2_000)
	expect(keeper.isSafe(claimedAt)).toBe(false)
})
