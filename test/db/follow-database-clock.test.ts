import { setImmediate } from 'node:timers/promises'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type FollowedClock, followDatabaseClock } from '../../src/db/follow-database-clock.ts'
import type { Database } from '../../src/kernel/database.ts'
import type { Log } from '../../src/kernel/log.ts'
import type { Tables } from '../../src/kernel/tables.ts'

const twoDaysMs = 172_800_000

/** How far the clock of the database is ahead of the true time; undefined where it does not answer. */
let databaseAheadMs: number | undefined
/** How far the clock of this machine is. */
let ownAheadMs: number
let asked: number
let warnings: string[]
let clock: FollowedClock

const trueStart = Date.now() - performance.now()
const trueNow = () => trueStart + performance.now()

const db: Database = new Kysely<Tables>({
	dialect: {
		createAdapter: () => new PostgresAdapter(),
		createDriver: () => new DummyDriver(),
		createIntrospector: (of) => new PostgresIntrospector(of),
		createQueryCompiler: () => new PostgresQueryCompiler(),
	},
	plugins: [
		{
			transformQuery: ({ node }) => node,
			transformResult: async ({ result }) => {
				asked += 1
				if (databaseAheadMs === undefined) throw new Error('the connection was lost')
				return { ...result, rows: [{ ms: trueNow() + databaseAheadMs }] }
			},
		},
	],
})
const log: Log = {
	info: () => {},
	warn: (_fields, message) => void warnings.push(message),
	error: () => {},
	child: () => log,
}

beforeEach(() => {
	databaseAheadMs = 0
	ownAheadMs = 0
	asked = 0
	warnings = []
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
	vi.spyOn(Date, 'now').mockImplementation(() => trueNow() + ownAheadMs)
})
afterEach(() => {
	clock.stop()
	vi.restoreAllMocks()
	vi.useRealTimers()
})

async function follow(): Promise<void> {
	clock = await followDatabaseClock({ db, log })
}
/** The database answers without input or output, so all of a look is over when the next turn of the event loop begins. */
async function passMinute(): Promise<void> {
	vi.advanceTimersByTime(60_000)
	await setImmediate()
}
const secondsFromTruth = () => (clock.now().getTime() - trueNow()) / 1_000

it('leaves a clock alone that differs by no more than machines do', async () => {
	ownAheadMs = 1_500
	await follow()
	expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(50)
	expect(clock.secondsAhead()).toBeCloseTo(1.5, 1)
	expect(warnings).toEqual([])
})

it.each([
	[twoDaysMs, 'the clock of this machine is 172800 seconds ahead of the database’s: set its time'],
	[-twoDaysMs, 'the clock of this machine is 172800 seconds behind the database’s: set its time'],
])(
	'goes by the database where the own clock is %d ms ahead, and says once what to do',
	async (off, words) => {
		ownAheadMs = off
		await follow()
		expect(secondsFromTruth()).toBeCloseTo(0, 0)
		expect(clock.secondsAhead()).toBeCloseTo(off / 1_000, 1)
		await passMinute()
		expect(warnings).toEqual([expect.stringContaining(words)])
	},
)

it('stays right when the own clock is set right, and says so at the next look', async () => {
	ownAheadMs = twoDaysMs
	await follow()
	ownAheadMs = 0
	expect(secondsFromTruth()).toBeCloseTo(0, 0)
	await passMinute()
	expect(secondsFromTruth()).toBeCloseTo(0, 0)
	expect(warnings).toEqual([expect.anything(), 'the clock of this machine is right again'])
})

it('finds within a minute that the own clock has gone wrong', async () => {
	await follow()
	ownAheadMs = -twoDaysMs
	await passMinute()
	expect(secondsFromTruth()).toBeCloseTo(0, 0)
	expect(warnings).toHaveLength(1)
})

it('goes on as it was while the database does not answer, and says so once', async () => {
	ownAheadMs = twoDaysMs
	await follow()
	databaseAheadMs = undefined
	await passMinute()
	await passMinute()
	expect(secondsFromTruth()).toBeCloseTo(0, 0)
	expect(warnings.slice(1)).toEqual(['the clock of the database can’t be read'])
})

it('takes the own clock where the database has never answered', async () => {
	databaseAheadMs = undefined
	await follow()
	expect(secondsFromTruth()).toBeCloseTo(0, 0)
	expect(clock.secondsAhead()).toBeUndefined()
})

it('asks no more once it is stopped', async () => {
	await follow()
	clock.stop()
	const before = asked
	await passMinute()
	expect(asked).toBe(before)
})
