import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { JobCatalog } from '../../src/jobs/catalog.ts'
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
	const once = ['poll-due-sources', 'reconcile']
	await expect.poll(() => asked).toEqual(once)
	vi.advanceTimersByTime(60_000)
	await expect.poll(() => asked).toEqual([...once, ...once])
	vi.advanceTimersByTime(60_000)
	await expect.poll(() => asked).toEqual([...once, ...once, ...once])
	stop()
	expect(vi.getTimerCount()).toBe(0)
})
