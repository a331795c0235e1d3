import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { planDigest } from '../../../src/deliveries/index.ts'
import { digestProgress, liveProgress, triggerDigest } from '../../../src/digests/index.ts'
import { createHttpApp, createRenderPage, defineRoute } from '../../../src/http/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import type { DeliveryState } from '../../../src/kernel/enumerations.ts'
import type { Newsletter } from '../../../src/newsletters/index.ts'
import {
	changeMember,
	createApiKey,
	listMembers,
	removeMember,
	revokeApiKey,
} from '../../../src/staff/index.ts'
import { startWorkers } from '../../../workers/start-workers.ts'
import { signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReaders, makeStory } from '../../support/make-newsletter.ts'
import { type OpenStream, openStream } from '../../support/open-stream.ts'
import { type SmtpSink, startSmtpSink } from '../../support/smtp-sink.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let sink: SmtpSink
let app: TestApp
let staff: StaffCalls
let newsletter: Newsletter
let streams: OpenStream[]

beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({ workers: false, config: { smtpUrl: sink.url } })
	staff = await staffOf(app)
})
afterAll(async () => {
	await app?.close()
	await sink?.close()
})
beforeEach(async () => {
	newsletter = await makeNewsletter(app)
	streams = []
})
afterEach(() => {
	for (const stream of streams) stream.close()
})

async function planned(readers: number): Promise<number> {
	await makeStory(app, newsletter.id)
	await makeReaders(app, newsletter.id, readers)
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await planDigest(app, triggered.digest.id)
	return triggered.digest.id
}

async function watch(digestId: number): Promise<OpenStream> {
	const stream = await openStream(`${app.url}/api/v1/digests/${digestId}/events`, {
		Authorization: `Bearer ${staff.key}`,
	})
	streams.push(stream)
	return stream
}

/** Changes some rows of the ledger, as a worker would. */
async function move(digestId: number, from: DeliveryState, to: DeliveryState, count: number): Promise<void> {
	await sql`update deliveries set state = ${to}::delivery_state where digest_id = ${digestId} and subscription_id in (
		select subscription_id from deliveries where digest_id = ${digestId} and state = ${from}::delivery_state limit ${count})`.execute(
		app.db,
	)
}

describe('the events of a digest', () => {
	it('end for who is not let in any more: a key that is revoked, a member who is removed or sees less', async () => {
		const digestId = await planned(9)
		const { id, key } = await createApiKey(app, { name: 'watches', scopes: ['digests.read'] }, operator)
		const byKey = await openStream(`${app.url}/api/v1/digests/${digestId}/events`, {
			Authorization: `Bearer ${key}`,
		})
		const members = []
		for (const end of [
			(member: number) => removeMember(app, member, operator),
			(member: number) => changeMember(app, member, { newsletters: [] }, operator),
		]) {
			const browser = await signInAs(app, 'viewer')
			const found = (await listMembers(app)).find(({ email }) => email === browser.email)
			const url = `${app.url}/console/digests/${digestId}/events`
			const stream = await openStream(url, { Cookie: browser.cookies() })
			members.push({ stream, end: () => end(found?.id ?? 0) })
		}
		const stays = await watch(digestId)
		const all = [byKey, ...members.map(({ stream }) => stream)]
		streams.push(...all)
		for (const stream of [stays, ...all]) expect((await stream.next())?.event).toBe('progress')

		await revokeApiKey(app, id, operator)
		for (const { end } of members) await end()
		await move(digestId, 'planned', 'accepted', 2)
		await stays.nextWhere(({ accepted }) => accepted === 2)
		for (const stream of all) expect(await stream.rest()).toEqual([])
	})

	it('tell how far it is at once, then what changes, through proxies that would hold them back', async () => {
		const digestId = await planned(6)
		const stream = await watch(digestId)
		expect(stream.status).toBe(200)
		expect(stream.headers.get('content-type')).toBe('text/event-stream')
		expect(stream.headers.get('cache-control')).toBe('no-store')
		expect(stream.headers.get('x-accel-buffering')).toBe('no')
		expect(await stream.next()).toEqual({
			event: 'progress',
			data: {
				state: 'sending',
				planned: 6,
				accepted: 0,
				refused: 0,
				inDoubt: 0,
				due: 6,
				sending: 0,
				bounced: 0,
				complained: 0,
				rate: null,
				secondsLeft: null,
				stalled: false,
				stalledSince: null,
			},
		})
		await move(digestId, 'planned', 'sending', 5)
		expect(await stream.nextWhere(({ sending }) => sending === 5)).toMatchObject({ due: 6 })
		await move(digestId, 'sending', 'accepted', 2)
		await move(digestId, 'sending', 'refused', 1)
		await move(digestId, 'sending', 'in_doubt', 1)
		await move(digestId, 'planned', 'excluded', 1)
		const later = await stream.nextWhere(({ planned }) => planned === 5)
		expect(later).toMatchObject({ accepted: 2, refused: 1, inDoubt: 1, due: 1, sending: 1 })
		expect(later.rate).toBeGreaterThan(0)
		expect(later.secondsLeft).toBeGreaterThan(0)
	})

	it('are one event for a digest that is over', async () => {
		const digestId = await planned(0)
		const events = await (await watch(digestId)).rest()
		expect(events).toMatchObject([{ event: 'completed', data: { planned: 0, due: 0 } }])
	})

	it('are for staff, of digests that there are, and inert for HEAD', async () => {
		const digestId = await planned(1)
		await app.request.get(`/api/v1/digests/${digestId}/events`).expect(401)
		expect((await staff.call('get', '/digests/999999/events')).status).toBe(404)
		const head = await app.request
			.head(`/api/v1/digests/${digestId}/events`)
			.set('Authorization', `Bearer ${staff.key}`)
		expect([head.status, head.headers['content-type']]).toEqual([200, 'text/event-stream'])
	})

	it('are written in the log once their reader is gone', async () => {
		const digestId = await planned(1)
		const stream = await watch(digestId)
		await stream.next()
		const logged = () =>
			app.logged.filter((line) => line.includes('/digests/:id/events') && line.includes('"GET"'))
		const before = logged().length
		stream.close()
		await vi.waitUntil(() => logged().length > before)
	})

	it('end with “completed” when it is sent, and agree with the ledger', async () => {
		await makeReaders(app, newsletter.id, 40)
		await makeStory(app, newsletter.id)
		// one is not taken, another only later
		sink.script = (stage, { to, tries }) => {
			if (stage === 'rcpt' && to === 'reader34@example.net') return '550 5.1.1 no such user'
			if (stage === 'rcpt' && to === 'reader35@example.net' && tries === 1) return '451 4.7.1 later'
			return undefined
		}
		const triggered = await triggerDigest(app, newsletter.id, { by: operator })
		if (triggered.kind !== 'created') throw new Error(triggered.kind)
		const digestId = triggered.digest.id
		const stream = await watch(digestId)
		expect((await stream.next())?.data).toMatchObject({ state: 'planning', planned: 0 })
		const workers = startWorkers(app)
		const putOff = await stream.nextWhere(({ accepted }) => accepted === 38)
		expect(putOff).toMatchObject({ state: 'sending', refused: 1, due: 1 })
		await sql`update deliveries set due_at = now() where digest_id = ${digestId} and state = 'planned'`.execute(
			app.db,
		)
		await app.jobs.enqueue('reconcile', {})
		const rest = await stream.rest()
		expect(rest.at(-1)).toMatchObject({
			event: 'completed',
			data: { state: 'completed', accepted: 39, refused: 1, inDoubt: 0, due: 0, secondsLeft: 0 },
		})
		expect(rest.filter(({ event }) => event !== 'progress')).toHaveLength(1)
		workers.stop()
		await app.drain()

		const { state: _, over: __, ...live } = await liveProgress(app, digestId)
		expect(await digestProgress(app, digestId)).toMatchObject({ ...live, balanced: true })
	})
})

describe('a stream', () => {
	let server: Server
	let stopping: AbortController
	let ended: Promise<void>
	beforeEach(async () => {
		stopping = new AbortController()
		let tellEnded = () => {}
		ended = new Promise((resolve) => {
			tellEnded = resolve
		})
		const silent = defineRoute({
			method: 'get',
			path: '/silent',
			tag: 'Test',
			summary: 'Says one thing',
			access: 'public',
			responses: {},
			handle: () => ({
				events: async function* (signal) {
					yield { event: 'hello', data: { two: 'lines\n\nof text' } }
					await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
					tellEnded()
				},
			}),
		})
		server = createServer(
			createHttpApp({
				findFrame: async () => ({ languages: [] }),
				routes: [silent],
				messages: app.messages,
				renderPage: createRenderPage(app.messages, { publicUrl: app.url }),
				log: app.log,
				trustProxy: 0,
				secure: false,
				basePath: '',
				findSignedIn: async () => undefined,
				authenticate: async () => operator,
				isLocal: () => false,
				stopping: stopping.signal,
				countRequest: () => {},
			}),
		)
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	})
	afterEach(() => {
		vi.useRealTimers()
		server.closeAllConnections()
		server.close()
	})

	const open = () => openStream(`http://127.0.0.1:${(server.address() as AddressInfo).port}/silent`)

	it('says a word every 15 seconds, so that no proxy takes it for dead', async () => {
		vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
		const stream = await open()
		expect(await stream.next()).toEqual({ event: 'hello', data: { two: 'lines\n\nof text' } })
		expect(stream.heartbeats()).toBe(0)
		vi.advanceTimersByTime(45_000)
		await vi.waitUntil(() => stream.heartbeats() === 3)
		stream.close()
	})

	it('ends at once when the process is about to stop', async () => {
		const stream = await open()
		await stream.next()
		stopping.abort()
		expect(await stream.rest()).toEqual([])
		await ended
	})

	it('tells its maker when nobody listens any longer', async () => {
		const stream = await open()
		await stream.next()
		stream.close()
		await ended
	})
})
