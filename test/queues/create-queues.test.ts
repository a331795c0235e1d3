import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../src/db/open-database.ts'
import type { Processors } from '../../src/jobs/catalog.ts'
import { addDays, addSeconds, type Clock } from '../../src/kernel/clock.ts'
import { createLog } from '../../src/logs/create-log.ts'
import { connectRedis, untilReady } from '../../src/queues/connect-redis.ts'
import { createQueues, type Queues } from '../../src/queues/create-queues.ts'
import type {} from '../support/provided.ts'

const log = createLog('silent')
const concurrency = { notices: 1, deliveries: 1, bounces: 1, stories: 1, imports: 1, webhooks: 1, upkeep: 1 }

let queues: Queues
/** More of the same queues, as another process has them. */
let another: (clock?: Clock) => Queues
let opened: Queues[]
let close: () => Promise<void>
// one for all tests, which leave it empty
let embedded: OpenDatabase | undefined
let done: string[]

/** Processors that write down what they got; `fail` decides which throw. */
function recording(fail: (name: string) => boolean = () => false): Processors {
	const processor = (name: string) => async (payload: unknown) => {
		done.push(`${name} ${JSON.stringify(payload)}`)
		if (fail(name)) throw new Error('it failed')
	}
	return new Proxy({} as Processors, { get: (_target, name) => processor(String(name)) })
}

function keep(queues: Queues): Queues {
	opened.push(queues)
	return queues
}

/** As if the server's clock had been ahead when it wrote how long keys last. */
let moveServerClock: (byMs: number) => Promise<void>
/** As if the lock of the one running job had been taken by a clock ahead. */
let lockAhead: (byMs: number) => Promise<void>
let secondsLocked: () => Promise<number>

beforeEach(async () => {
	done = []
	opened = []
	moveServerClock = async () => {}
	if (inject('parts') === 'servers') {
		const producer = connectRedis(inject('redisUrl'), 'fails_fast', log)
		await untilReady(producer, 5_000)
		const prefix = `test-${Math.random()}`
		const store = { kind: 'redis' as const, url: inject('redisUrl'), producer }
		another = (clock) => keep(createQueues(store, log, prefix, clock))
		queues = another()
		moveServerClock = async (byMs) => {
			for (const key of await producer.keys(`${prefix}:*:de:*`)) {
				await producer.pexpire(key, (await producer.pttl(key)) + byMs)
			}
		}
		const lock = async () => (await producer.keys(`${prefix}:*:lock`))[0] ?? ''
		lockAhead = async (byMs) => void (await producer.pexpire(await lock(), byMs))
		secondsLocked = async () => (await producer.pttl(await lock())) / 1_000
		close = async () => {
			for (const each of opened) await each.close()
			producer.disconnect()
		}
		return
	}
	embedded ??= await openDatabase(
		{ folder: undefined, dump: new Blob([await readFile(inject('migratedDump'))]) },
		() => {},
	)
	const database = embedded
	const store = { kind: 'postgres' as const, pool: database.queuePool }
	another = (clock) => keep(createQueues(store, log, undefined, clock))
	queues = another()
	lockAhead = async (byMs) => {
		await database.queuePool.query(`update bullmq.job set locked_until_ms = $1 where state = 'active'`, [
			Date.now() + byMs,
		])
	}
	secondsLocked = async () => {
		const { rows } = await database.queuePool.query<{ until: string }>(
			`select locked_until_ms as until from bullmq.job where state = 'active'`,
		)
		return (Number(rows[0]?.until) - Date.now()) / 1_000
	}
	close = async () => {
		for (const each of opened) await each.close()
		await database.queuePool.query(`do $$ begin
			execute (select 'truncate ' || string_agg(format('bullmq.%I', tablename), ', ')
				from pg_tables where schemaname = 'bullmq' and tablename <> 'migration');
		end $$`)
	}
})
afterEach(() => close())
afterAll(() => embedded?.close())

describe('the queues', () => {
	it('run a job once, with the payload it was given', async () => {
		queues.work(recording(), concurrency)
		await queues.enqueue('send-notice', { noticeId: 7 })
		await queues.drain()
		expect(done).toEqual(['send-notice {"noticeId":7}'])
	})

	it('leave a job to others for a while where its processor says so, and run it then', async () => {
		const ends = [{ leftForMs: 200 }]
		const askedAt: number[] = []
		const leaving = {
			'send-digest': async () => {
				done.push('asked')
				askedAt.push(performance.now())
				return ends.shift()
			},
		} as unknown as Processors
		queues.work(leaving, concurrency)
		const lane = { digestId: 1, lane: 0 }
		await queues.enqueue('send-digest', lane, { dedupe: '1/0' })
		await queues.drain()
		await expect.poll(() => done).toEqual(['asked', 'asked'])
		const [first = 0, second = 0] = askedAt
		expect(second - first).toBeGreaterThan(150)
		await queues.drain()
		expect(await queues.count()).toContainEqual(
			expect.objectContaining({ queue: 'deliveries', waiting: 0, active: 0, delayed: 0, failed: 0 }),
		)
	})

	it('are kept from none of the others by a machine whose clock is two days ahead', async () => {
		const ahead = another({ now: () => addDays(new Date(), -2) })
		const keeping = {
			'send-digest': async () => {
				done.push('asked')
				return { leftForMs: 60_000 }
			},
		} as unknown as Processors
		ahead.work(keeping, concurrency)
		for (const lane of [0, 1]) await ahead.enqueue('send-digest', { digestId: 1, lane })
		await expect.poll(() => done).toEqual(['asked'])
		const deliveries = async () => (await queues.count()).find(({ queue }) => queue === 'deliveries')
		expect(await deliveries()).toMatchObject({ waiting: 1, active: 1, delayed: 0 })

		queues.work(recording(), concurrency)
		const both = ['asked', 'send-digest {"digestId":1,"lane":1}']
		await expect.poll(() => done).toEqual(both)
		await ahead.stopWorking(60_000)
		expect(await deliveries()).toMatchObject({ waiting: 0, active: 0, delayed: 0, failed: 0 })
	})

	it('hold one waiting job for each dedupe key', async () => {
		for (const _ of [1, 2, 3]) await queues.enqueue('poll-source', { sourceId: 1 }, { dedupe: '1' })
		await queues.enqueue('poll-source', { sourceId: 2 }, { dedupe: '2' })
		queues.work(recording(), concurrency)
		await queues.drain()
		expect(done).toEqual(['poll-source {"sourceId":1}', 'poll-source {"sourceId":2}'])
	})

	it('take a dedupe key again once its job has ended', async () => {
		queues.work(recording(), concurrency)
		await queues.enqueue('poll-source', { sourceId: 1 }, { dedupe: '1' })
		await queues.drain()
		await queues.enqueue('poll-source', { sourceId: 1 }, { dedupe: '1' })
		await queues.drain()
		expect(done).toHaveLength(2)
	})

	it('let one that was put off give way to one that is due now', async () => {
		await queues.enqueue('plan-digest', { digestId: 1 }, { dedupe: '1', delayMs: 172_800_000 })
		await queues.enqueue('plan-digest', { digestId: 1 }, { dedupe: '1' })
		queues.work(recording(), concurrency)
		await queues.drain()
		expect(done).toEqual(['plan-digest {"digestId":1}'])
	})

	it('run a job once in the time that is given, however many ask for it and even where it has ended', async () => {
		queues.work(recording(), concurrency)
		const ask = async (dedupe: string, perMs: number) => {
			await queues.enqueue('reconcile', {}, { dedupe, perMs })
			await queues.drain()
			return done.length
		}
		expect(await ask('seldom', 60_000)).toBe(1)
		expect(await ask('seldom', 60_000)).toBe(1)
		await expect.poll(() => ask('often', 20)).toBe(3)
	})

	it('run what is repeated though it was asked for by a clock that was ahead, and not more often for one behind', async () => {
		const offBy = (seconds: number) => another({ now: () => addSeconds(new Date(), seconds) })
		const ask = (by: Queues) => by.enqueue('reconcile', {}, { dedupe: 'each-minute', perMs: 50_000 })
		await ask(offBy(3_600))
		if (inject('parts') === 'servers') await moveServerClock(3_600_000)
		queues.work(recording(), concurrency)
		await queues.drain()
		await ask(queues)
		await queues.drain()
		expect(done).toHaveLength(2)
		await ask(queues)
		// as the queue is asked again by who has set the clock back and on
		for (const seconds of [-3_600, 0]) await ask(offBy(seconds))
		await queues.drain()
		expect(done.length).toBeLessThanOrEqual(4)
	})

	it('take up what a process has left that died while the clock was ahead', async () => {
		const dying = another()
		const never = { 'poll-source': () => new Promise(() => {}) } as unknown as Processors
		dying.work(never, concurrency)
		await dying.enqueue('poll-source', { sourceId: 1 }, { dedupe: '1' })
		await expect.poll(async () => (await queues.count()).some(({ active }) => active === 1)).toBe(true)
		await dying.close()
		await lockAhead(3_600_000)
		expect(await secondsLocked()).toBeGreaterThan(3_000)
		queues.work(recording(), concurrency)
		// BullMQ takes up a job whose lock has ended and was not renewed
		await expect.poll(secondsLocked).toBeLessThanOrEqual(60)
	})

	it('refuse a payload that the catalog does not know', async () => {
		queues.work(recording(), concurrency)
		await queues.enqueue('poll-source', { sourceId: -1 })
		await queues.drain()
		expect(done).toEqual([])
	})

	it('repeat a schedule, change it and end it', async () => {
		queues.work(recording(), concurrency)
		await queues.schedule('often', { cron: '* * * * * *', timeZone: 'UTC' }, 'reconcile', {})
		await queues.schedule('daily', { cron: '0 3 * * *', timeZone: 'America/Toronto' }, 'prune', {})
		await expect.poll(() => done.length).toBeGreaterThan(1)
		await queues.unschedule('often', 'reconcile')
		await queues.unschedule('never-was', 'reconcile')
	})

	it.skipIf(inject('parts') === 'embedded')('do not hold up who enqueues while Redis is away', async () => {
		const nowhere = connectRedis('redis://127.0.0.1:1', 'fails_fast', log)
		const lost = createQueues({ kind: 'redis', url: 'redis://127.0.0.1:1', producer: nowhere }, log)
		await lost.enqueue('send-notice', { noticeId: 1 })
		await expect(lost.ping()).rejects.toThrow()
		nowhere.disconnect()
	})
})
