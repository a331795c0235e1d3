import { readFile } from 'node:fs/promises'
import { afterEach, expect, inject, test } from 'vitest'
import { openDatabase } from '../../src/db/open-database.ts'
import { planDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import type { Processors, QueueName } from '../../src/jobs/catalog.ts'
import { operator } from '../../src/kernel/actor.ts'
import { createLog } from '../../src/logs/create-log.ts'
import { createQueues } from '../../src/queues/create-queues.ts'
import { releaseClaims } from '../../src/queues/release-claims.ts'
import { createProcessors } from '../../workers/processors.ts'
import { keepSchedules } from '../../workers/schedules.ts'
import { holdSending } from '../support/hold-sending.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp, type TestAppOptions } from '../support/start-test-app.ts'

const concurrency: Record<QueueName, number> = {
	notices: 1,
	deliveries: 4,
	bounces: 1,
	stories: 1,
	imports: 1,
	webhooks: 1,
	upkeep: 2,
}

const closers: (() => unknown)[] = []
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close()
})

async function start(options: TestAppOptions = {}) {
	const sink = await startSmtpSink()
	closers.push(() => sink.close())
	const app = await startTestApp({ workers: false, config: { smtpUrl: sink.url }, ...options })
	closers.push(() => app.close())
	return { app, sink }
}

/** The first process asked for what is done each minute, and its digest has no lane left in the queue. */
async function leaveDigest(app: TestApp): Promise<number> {
	await app.jobs.enqueue('reconcile', {}, { dedupe: 'each-minute', perMs: 50_000 })
	await app.drain()
	const newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, 30)
	await makeStory(app, newsletter.id)
	const nowhere = { ...app, jobs: { ...app.jobs, enqueue: async () => {} } }
	const made = await triggerDigest(nowhere, newsletter.id, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	await planDigest(nowhere, made.digest.id)
	return made.digest.id
}

/** Works as a process does, and counts how often it looks for what is due. */
function work(app: TestApp): () => number {
	const processors = createProcessors(app)
	let looks = 0
	const reconcile: Processors['reconcile'] = async (payload) => {
		await processors.reconcile(payload)
		looks++
	}
	app.jobs.work({ ...processors, reconcile }, concurrency)
	return () => looks
}

test('What is due goes out as soon as workers start, though others looked a moment ago; ten that start look once', async () => {
	const { app, sink } = await start()
	const looks = work(app)
	const digestId = await leaveDigest(app)
	expect(looks()).toBe(1)

	for (let process = 0; process < 10; process++) closers.push(keepSchedules(app).stop)
	await expect
		.poll(async () => (await digestProgress(app, digestId)).digest.state, { timeout: 10_000 })
		.toBe('completed')
	await app.drain()
	expect(looks()).toBe(2)
	expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(30)
	expect(sink.messages).toHaveLength(30)
})

test('Where sending is held, the start of workers sends nothing', async () => {
	const { app, sink } = await start()
	const looks = work(app)
	const digestId = await leaveDigest(app)
	await holdSending(app)

	closers.push(keepSchedules(app).stop)
	await expect.poll(looks).toBe(2)
	await app.drain()
	expect(sink.messages).toEqual([])
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 0, digest: { state: 'sending' } })
})

// with servers other processes may be alive, and locks must run out
test.runIf(inject('parts') === 'embedded')(
	'What ran in a process that was killed runs again at once, however often that was',
	async () => {
		let disk = new Blob([await readFile(inject('migratedDump'))])
		const lane = { digestId: 1, lane: 0 }
		for (let kill = 0; kill < 3; kill++) disk = await runUntilKilled(disk, lane)

		const { app } = await start({ dump: disk })
		const ran: unknown[] = []
		const processors = new Proxy({} as Processors, {
			get: (_target, name) => async (payload: unknown) => void (name === 'send-digest' && ran.push(payload)),
		})
		app.jobs.work(processors, concurrency)
		await expect.poll(() => ran, { timeout: 5_000 }).toEqual([lane])
	},
)

/** What is on the disk of a process at a moment when it works on a lane. */
async function runUntilKilled(disk: Blob, lane: { digestId: number; lane: number }): Promise<Blob> {
	const database = await openDatabase({ folder: undefined, dump: disk }, () => {})
	const queues = createQueues({ kind: 'postgres', pool: database.queuePool }, createLog('silent'))
	const { promise: never, resolve: end } = Promise.withResolvers<void>()
	const running = Promise.withResolvers<void>()
	const processors = {
		'send-digest': () => {
			running.resolve()
			return never
		},
	} as unknown as Processors
	await releaseClaims(database.queuePool)
	queues.work(processors, concurrency)
	await queues.enqueue('send-digest', lane, { dedupe: '1/0' })
	await running.promise
	const left = await database.dump?.()
	end()
	await queues.close()
	await database.close()
	if (!left) throw new Error('the embedded database gave no dump')
	return left
}
