import { afterAll, beforeAll, expect, it } from 'vitest'
import { jobCatalog, type Processors } from '../../src/jobs/catalog.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let fails = true
const done: unknown[] = []
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	const process = async (payload: unknown) => {
		if (fails) throw new Error('the first line\nand a second one')
		done.push(payload)
	}
	const processors = Object.fromEntries(Object.keys(jobCatalog).map((name) => [name, process]))
	const each = { notices: 1, deliveries: 1, bounces: 1, stories: 1, imports: 1, webhooks: 1, upkeep: 1 }
	app.jobs.work(processors as Processors, each)
})
afterAll(() => app?.close())

it('shows what failed, by what it is about, and lets it be tried again once', async () => {
	expect(await app.jobs.listFailed(10)).toEqual([])
	await app.jobs.enqueue('poll-source', { sourceId: 12 })
	await app.jobs.enqueue('poll-due-sources', {})
	await app.drain()
	const failed = await app.jobs.listFailed(10)
	expect(failed).toHaveLength(2)
	const job = failed.find(({ name }) => name === 'poll-source')
	expect(job).toMatchObject({ queue: 'stories', ids: { sourceId: 12 }, tries: 1, reason: 'the first line' })
	expect(Math.abs(Date.now() - (job?.failedAt.getTime() ?? 0))).toBeLessThan(60_000)
	expect(await app.jobs.listFailed(1)).toHaveLength(1)

	fails = false
	const id = job?.id ?? ''
	expect(await app.jobs.retryFailed('stories', id)).toMatchObject({ name: 'poll-source' })
	await app.drain()
	expect(done).toEqual([{ sourceId: 12 }])
	expect(await app.jobs.retryFailed('stories', id)).toBeUndefined()
	expect(await app.jobs.listFailed(10)).toHaveLength(1)
})

it('finds nothing in a queue that there isn’t, or under an id that is none', async () => {
	expect(await app.jobs.retryFailed('secrets', '1')).toBeUndefined()
	expect(await app.jobs.retryFailed('__proto__', '1')).toBeUndefined()
	for (const id of ['0', 'stories:*', '../1', '‮'])
		expect(await app.jobs.retryFailed('stories', id)).toBeUndefined()
})

it('fails a job again that fails again, and counts its tries anew', async () => {
	fails = true
	const [job] = await app.jobs.listFailed(10)
	await app.jobs.retryFailed('stories', job?.id ?? '')
	await app.drain()
	expect(await app.jobs.listFailed(10)).toMatchObject([{ id: job?.id, tries: 1 }])
})
