import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { planDigest, RelayPool, reconcileDeliveries, sendDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import type { JobCatalog } from '../../src/jobs/catalog.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Jobs } from '../../src/kernel/jobs.ts'
import type { Mailer, SendOutcome } from '../../src/kernel/mail.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// Each test leaves off at one seam, as a process that dies there does, and goes on from what is stored.

let app: TestApp
let newsletter: Newsletter
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())
beforeEach(async () => {
	newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, 30)
	await makeStory(app, newsletter.id)
})

const connections = 3
const never = new Promise<SendOutcome>(() => {})

function mailerOf(send: Mailer['send']): Mailer {
	return { connections, send, verify: async () => {}, close: async () => {} }
}
const poolOf = (send: Mailer['send']) => new RelayPool({ mailer: mailerOf(send), log: app.log })

/** Jobs that the queue would hold, as `name id`. */
function recordingJobs(): { jobs: Jobs<JobCatalog>; held: string[] } {
	const held: string[] = []
	const enqueue = async (name: string, payload: object) => {
		held.push(`${name} ${'digestId' in payload ? payload.digestId : ''}`)
	}
	return { jobs: { ...app.jobs, enqueue }, held }
}
const lostJobs: Jobs<JobCatalog> = {
	enqueue: async () => {},
	schedule: async () => {},
	unschedule: async () => {},
}

async function trigger(): Promise<number> {
	const triggered = await triggerDigest({ ...app, jobs: lostJobs }, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	return triggered.digest.id
}

async function expire(digestId: number): Promise<void> {
	await sql`update deliveries set lease_until = now() - interval '1 second'
		where digest_id = ${digestId} and state = 'sending'`.execute(app.db)
	await reconcileDeliveries(app)
}

const finish = async (digestId: number): Promise<string[]> => {
	const mailed: string[] = []
	const relays = poolOf(async ({ envelope }) => {
		mailed.push(envelope.to)
		return { kind: 'accepted', reply: '250 ok' }
	})
	await sendDigest({ ...app, relays }, { digestId, lane: 0 })
	return mailed
}

test('After the trigger, before its job: the reconciler has it planned', async () => {
	const digestId = await trigger()
	const { jobs, held } = recordingJobs()
	await reconcileDeliveries({ ...app, jobs })
	expect(held).toEqual([`plan-digest ${digestId}`])
	await planDigest({ ...app, jobs: lostJobs }, digestId)
	expect(await finish(digestId)).toHaveLength(30)
})

test('In the middle of planning: nothing is left of it, and it is done anew', async () => {
	const digestId = await trigger()
	const dying = {
		...app,
		clock: {
			now: () => {
				throw new Error('killed')
			},
		},
	}
	await expect(planDigest(dying, digestId)).rejects.toThrow('killed')
	expect(await digestProgress(app, digestId)).toMatchObject({ planned: 0, digest: { state: 'planning' } })
	await planDigest({ ...app, jobs: lostJobs }, digestId)
	expect(await digestProgress(app, digestId)).toMatchObject({ planned: 30, due: 30, balanced: true })
	expect(await finish(digestId)).toHaveLength(30)
})

test('After planning, before its jobs: the reconciler has it sent', async () => {
	const digestId = await trigger()
	await planDigest({ ...app, jobs: lostJobs }, digestId)
	const { jobs, held } = recordingJobs()
	await reconcileDeliveries({ ...app, jobs, lanes: 2 })
	expect(held).toEqual([`send-digest ${digestId}`, `send-digest ${digestId}`])
	expect(await finish(digestId)).toHaveLength(30)
})

test('With messages under way: only these and the few marked next to go are in doubt, the others are sent', async () => {
	const digestId = await trigger()
	await planDigest({ ...app, jobs: lostJobs }, digestId)
	const begun: string[] = []
	const relays = poolOf(({ envelope }) => {
		begun.push(envelope.to)
		return never
	})
	sendDigest({ ...app, relays }, { digestId, lane: 0 })
	await expect.poll(() => begun.length).toBe(connections)
	await expect.poll(async () => (await digestProgress(app, digestId)).sending).toBe(connections * 2)

	expect(await finish(digestId)).toHaveLength(30 - connections * 2)
	await expire(digestId)
	expect(await digestProgress(app, digestId)).toMatchObject({
		accepted: 30 - connections * 2,
		inDoubt: connections * 2,
		due: 0,
		balanced: true,
		digest: { state: 'completed' },
	})
	expect(await finish(digestId)).toEqual([])
})

test('A worker that was thought dead still writes down what it learns, and sends nothing that is no longer its own', async () => {
	const digestId = await trigger()
	await planDigest({ ...app, jobs: lostJobs }, digestId)
	let answer = (_: SendOutcome): void => {}
	const slow = new Promise<SendOutcome>((resolve) => {
		answer = resolve
	})
	const mailed: string[] = []
	const relays = poolOf(({ envelope }) => {
		mailed.push(envelope.to)
		return slow
	})
	const lane = sendDigest({ ...app, relays }, { digestId, lane: 0 })
	await expect.poll(() => mailed.length).toBe(connections)
	await expire(digestId)
	expect((await digestProgress(app, digestId)).inDoubt).toBeGreaterThanOrEqual(connections)
	answer({ kind: 'accepted', reply: '250 at last' })
	await lane
	expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 30, inDoubt: 0, balanced: true })
	expect(new Set(mailed).size).toBe(30)
	expect(mailed).toHaveLength(30)
})

test.each(['asked', 'answering'] as const)(
	'When the database fails while %s, outcomes are kept and written down, and nobody is mailed twice',
	async (failsAt) => {
		const digestId = await trigger()
		await planDigest({ ...app, jobs: lostJobs }, digestId)
		const failures = [false, false, true, false, true, true, true, false, true]
		const failNow = () => {
			if (failures.shift()) throw new Error('the connection was lost')
		}
		const isOfLane = new WeakSet<object>()
		const db = app.db.withPlugin({
			transformQuery: ({ node, queryId }) => {
				// the statement of each turn, and what is tried after it has failed
				if (!JSON.stringify(node).includes('deliveries d')) return node
				if (failsAt === 'asked') failNow()
				isOfLane.add(queryId)
				return node
			},
			transformResult: async ({ result, queryId }) => {
				if (failsAt === 'answering' && isOfLane.has(queryId)) failNow()
				return result
			},
		})
		const mailed: string[] = []
		const relays = poolOf(async ({ envelope }) => {
			mailed.push(envelope.to)
			await new Promise((resolve) => setTimeout(resolve, mailed.length % 7))
			return { kind: 'accepted', reply: '250 ok' }
		})
		await sendDigest({ ...app, db, relays }, { digestId, lane: 0 })
		expect(failures).toEqual([])
		expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 30, inDoubt: 0, due: 0 })
		expect(new Set(mailed).size).toBe(30)
		expect(mailed).toHaveLength(30)
	},
)
