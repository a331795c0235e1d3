import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProgressWatch, type LiveProgress, type WatchedProgress } from '../../src/digests/index.ts'
import { createRateWindow } from '../../src/digests/progress/rate-window.ts'
import { createLog } from '../../src/logs/create-log.ts'

const start: LiveProgress = {
	state: 'sending',
	over: false,
	planned: 10,
	accepted: 0,
	refused: 0,
	inDoubt: 0,
	due: 10,
	sending: 0,
	bounced: 0,
	complained: 0,
	stalledSince: null,
}

let current: LiveProgress
let looks: number
let gone: AbortController

const createWatch = () =>
	createProgressWatch({
		everyMs: 1,
		log: createLog('silent'),
		read: async () => {
			looks += 1
			return current
		},
	})

beforeEach(() => {
	current = start
	looks = 0
	gone = new AbortController()
})
afterEach(() => gone.abort())

const next = async (events: AsyncGenerator<WatchedProgress>): Promise<WatchedProgress | undefined> =>
	(await events.next()).value

describe('a watch of a digest', () => {
	it('shows what is at once, then what has changed, and ends when it is over', async () => {
		const events = createWatch().follow(1, gone.signal)
		expect(await next(events)).toMatchObject({ accepted: 0, due: 10, rate: null, secondsLeft: null })
		current = { ...start, accepted: 4, refused: 1, due: 5 }
		expect(await next(events)).toMatchObject({ accepted: 4, refused: 1, due: 5 })
		current = { ...start, state: 'completed', over: true, accepted: 9, refused: 1, due: 0 }
		expect(await next(events)).toMatchObject({ state: 'completed', accepted: 9, secondsLeft: 0 })
		expect(await next(events)).toBeUndefined()
	})

	it('looks once for all who watch, and shows a newcomer what was seen last', async () => {
		const watch = createWatch()
		const watchers = Array.from({ length: 50 }, () => watch.follow(1, gone.signal))
		const first = await Promise.all(watchers.map(next))
		expect(new Set(first).size).toBe(1)
		expect(looks).toBe(1)
		expect(await next(watch.follow(1, gone.signal))).toBe(first[0])
	})

	it('stops looking when the last watcher has gone', async () => {
		const watch = createWatch()
		const one = watch.follow(1, gone.signal)
		const other = watch.follow(1, new AbortController().signal)
		await Promise.all([next(one), next(other)])
		const waiting = next(one)
		gone.abort()
		expect(await waiting).toBeUndefined()
		const before = looks
		await vi.waitUntil(() => looks > before)
		await other.return(undefined)
		await turn()
		const after = looks
		for (let turns = 0; turns < 50; turns++) await turn()
		expect(looks).toBe(after)
	})

	it('goes on after a look that failed', async () => {
		let fails = true
		const watch = createProgressWatch({
			everyMs: 1,
			log: createLog('silent'),
			read: async () => {
				if (!fails) return current
				fails = false
				throw new Error('the database is away')
			},
		})
		expect(await next(watch.follow(1, gone.signal))).toMatchObject({ due: 10 })
	})
})

describe('the rate', () => {
	it('is that of the last seconds, and unknown before there are two looks', () => {
		const window = createRateWindow(30)
		expect(window.add(0, 0)).toBeNull()
		expect(window.add(0.2, 5)).toBeNull()
		expect(window.add(1, 100)).toBe(100)
		for (let at = 2; at <= 60; at++) window.add(at, 100)
		expect(window.add(61, 130)).toBe(1)
	})

	it('is never below nothing, when rows are sent again', () => {
		const window = createRateWindow(30)
		window.add(0, 10)
		expect(window.add(1, 5)).toBe(0)
	})
})
