import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { JobCatalog, Processors } from '../../src/jobs/catalog.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { Jobs } from '../../src/kernel/jobs.ts'
import { keepSchedules } from '../../workers/schedules.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
	vi.useRealTimers()
})

it('asks each minute for what is looked after, whatever the clocks of the queue say, until it is stopped', async () => {
	const asked: string[] = []
	const jobs: Jobs<JobCatalog> = {
		...app.jobs,
		enqueue: async (name, _payload, { dedupe, perMs = 0 } = {}) => {
			if (dedupe && perMs < 60_000) asked.push(name)
		},
	}
	const { stop } = keepSchedules({ ...app, jobs })
	const once = ['poll-due-sources', 'reconcile', 'look-for-occasions']
	await expect.poll(() => asked).toEqual(once)
	vi.advanceTimersByTime(60_000)
	await expect.poll(() => asked).toEqual([...once, ...once])
	vi.advanceTimersByTime(60_000)
	await expect.poll(() => asked).toEqual([...once, ...once, ...once])
	stop()
	expect(vi.getTimerCount()).toBe(0)
})

it('goes on within a minute after the clock was ahead or behind, and prunes once a night', async () => {
	let asked: string[] = []
	const recording = new Proxy({} as Processors, {
		get: (_target, name) => async () => void asked.push(String(name)),
	})
	app.jobs.work(recording, {
		notices: 1,
		deliveries: 1,
		bounces: 1,
		stories: 1,
		imports: 1,
		webhooks: 1,
		upkeep: 1,
	})
	const noon = new Date('2026-05-04T12:00:00Z').getTime()
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: noon })
	const { stop } = keepSchedules({ ...app, clock: systemClock })
	const dayMs = 86_400_000
	const offsets = [
		...Array.from({ length: 11 }, (_, n) => n * 60_000),
		4_260_000,
		670_000,
		-3_600_000,
		730_000,
		400 * dayMs,
		790_000,
		dayMs,
	]
	for (const [tick, offset] of offsets.entries()) {
		if (tick > 0) {
			asked = []
			vi.advanceTimersByTime(59_999)
			vi.setSystemTime(noon + offset)
			vi.advanceTimersByTime(1)
		}
		// once a night; and again where the clock is set back, which does no harm
		const pruned = [600_000, -3_600_000, 400 * dayMs, 790_000, dayMs].includes(offset) ? ['prune'] : []
		const due = ['look-for-occasions', 'poll-due-sources', ...pruned, 'reconcile']
		await expect.poll(() => asked.toSorted(), { message: `${offset}` }).toEqual(due)
	}
	stop()
})
