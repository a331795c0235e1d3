import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { addSource } from '../../../src/stories/index.ts'
import { makeNewsletter, makeReader, makeReaders, makeStory } from '../../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../../support/smtp-sink.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const token = 'a-token-of-the-tests'

let sink: SmtpSink
let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({ config: { smtpUrl: sink.url } })
	staff = await staffOf(app)
})
afterAll(async () => {
	await app?.close()
	await sink?.close()
})

/** Every line of the metrics that is no comment, by its name with labels. */
async function read(from: TestApp = app): Promise<Map<string, number>> {
	const { text } = await from.request.get('/metrics').expect(200)
	const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
	return new Map(
		lines.map((line) => {
			const end = line.lastIndexOf(' ')
			return [line.slice(0, end), Number(line.slice(end + 1))]
		}),
	)
}

describe('the metrics', () => {
	it('are in the format of Prometheus, of the process too, and nobody keeps them', async () => {
		const answer = await app.request.get('/metrics').expect(200)
		expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
		expect(answer.headers['cache-control']).toBe('no-store')
		expect(answer.text).toMatch(/^# TYPE envoi_messages_total counter$/m)
		expect(answer.text).toMatch(/^process_cpu_seconds_total \d/m)
		expect(answer.text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m)
		expect(answer.text).toMatch(/^envoi_build_info\{version="\d+\.\d+\.\d+"\} 1$/m)
	})

	it('count what became of messages, by kind and class, and how long each took', async () => {
		const newsletter = await makeNewsletter(app)
		await makeReaders(app, newsletter.id, 5)
		await makeStory(app, newsletter.id)
		sink.script = (stage, { to }) => {
			if (stage !== 'rcpt') return undefined
			if (to === 'reader2@example.net') return '550 5.1.1 no such user'
			if (to === 'reader3@example.net') return '451 4.7.1 later'
			return undefined
		}
		await app.request
			.post(`/newsletters/${newsletter.slug}/subscriptions`)
			.type('form')
			.send({ email: 'ann@example.org', locale: 'en' })
		const before = await read()
		const sent = await staff.call('post', `/newsletters/${newsletter.slug}/digests`)
		await app.drain()
		sink.reset()

		const after = await read()
		const grown = (name: string) => (after.get(name) ?? Number.NaN) - (before.get(name) ?? Number.NaN)
		expect(grown('envoi_messages_total{kind="digest",outcome="accepted"}')).toBe(3)
		expect(grown('envoi_messages_total{kind="digest",outcome="refused_permanent"}')).toBe(1)
		expect(grown('envoi_messages_total{kind="digest",outcome="refused_temporary"}')).toBe(1)
		expect(grown('envoi_messages_total{kind="digest",outcome="in_doubt"}')).toBe(0)
		expect(after.get('envoi_messages_total{kind="notice",outcome="accepted"}')).toBe(1)
		expect(grown('envoi_send_duration_seconds_count{kind="digest"}')).toBe(5)

		// what is put off is due later: it waits, but it is not late
		expect(after.get('envoi_digests{state="sending"}')).toBe(1)
		expect(after.get('envoi_open_deliveries{state="planned"}')).toBe(1)
		expect(after.get('envoi_open_deliveries{state="accepted"}')).toBe(3)
		expect(after.get('envoi_open_deliveries{state="in_doubt"}')).toBe(0)
		expect(after.get('envoi_oldest_due_seconds')).toBe(0)
		const { id } = sent.body.digest
		await sql`update deliveries set due_at = now() - interval '100 seconds' where digest_id = ${id} and state = 'planned'`.execute(
			app.db,
		)
		expect((await read()).get('envoi_oldest_due_seconds')).toBeGreaterThanOrEqual(100)
		await sql`update deliveries set state = 'in_doubt' where digest_id = ${id} and subscription_id = (
			select min(subscription_id) from deliveries where digest_id = ${id} and state = 'accepted')`.execute(
			app.db,
		)
		await staff.call('post', `/digests/${id}/cancel`)
		const over = await read()
		expect(over.get('envoi_open_deliveries{state="in_doubt"}')).toBe(0)
		expect(over.get('envoi_in_doubt_deliveries')).toBe(1)
		expect(over.get('envoi_open_deliveries{state="planned"}')).toBe(0)
		expect(over.get('envoi_digests{state="cancelled"}')).toBe(1)
	})

	it('tell of the queues – what waits, since when, what is put off – and of sources that can’t be read', async () => {
		const idle = await startTestApp({ workers: false })
		await idle.jobs.enqueue('prune', {})
		await idle.jobs.enqueue('poll-source', { sourceId: 1 }, { delayMs: 60_000 })
		const metrics = await read(idle)
		expect(metrics.get('envoi_queue_jobs{queue="upkeep",state="waiting"}')).toBe(1)
		expect(metrics.get('envoi_queue_jobs{queue="stories",state="waiting"}')).toBe(0)
		expect(metrics.get('envoi_queue_jobs{queue="stories",state="delayed"}')).toBe(1)
		expect(metrics.get('envoi_queue_oldest_waiting_seconds{queue="upkeep"}')).toBeGreaterThan(0)
		expect(metrics.get('envoi_queue_oldest_waiting_seconds{queue="stories"}')).toBe(0)

		const { id: newsletterId } = await makeNewsletter(idle)
		for (const name of ['a', 'b']) {
			await addSource(
				idle,
				{ newsletterId, url: `https://feeds.example.org/${name}`, locale: 'en' },
				operator,
			)
		}
		expect((await read(idle)).get('envoi_sources_failing')).toBe(0)
		await sql`update sources set failures = 2 where url like '%/a'`.execute(idle.db)
		const failing = await read(idle)
		expect(failing.get('envoi_sources_failing')).toBe(1)
		expect(failing.get('envoi_sources{state="active"}')).toBe(2)
		await idle.close()
	})

	it('tell of subscriptions and of what happened today, by newsletter and source', async () => {
		const { id, slug } = await makeNewsletter(app)
		await makeReader(app, id, { address: 'counted@metrics.example', source: 'form' })
		await makeReader(app, id, { address: 'waits@metrics.example', source: 'api', state: 'pending' })
		const figures = await read(app)
		const of = `newsletter="${slug}"`
		expect(figures.get(`envoi_subscriptions{${of},state="active",source="form"}`)).toBe(1)
		expect(figures.get(`envoi_subscriptions{${of},state="pending",source="api"}`)).toBe(1)
		expect(figures.get(`envoi_subscriber_events_today{${of},kind="joined",source="form"}`)).toBe(1)
	})

	it('count requests by the pattern of their route: no path, id or token becomes a label', async () => {
		await app.request.get('/confirm/secret-token-of-a-person')
		await app.request.get('/no/such/path/123')
		await staff.call('get', '/digests/987654')
		const metrics = await read()
		expect(
			metrics.get('envoi_http_requests_total{method="GET",route="/api/v1/digests/:id",status="404"}'),
		).toBe(1)
		expect(metrics.get('envoi_http_requests_total{method="GET",route="(none)",status="404"}')).toBe(1)
		expect(
			metrics.get('envoi_http_request_duration_seconds_count{method="GET",route="/api/v1/digests/:id"}'),
		).toBe(1)
		const names = [...metrics.keys()].filter((name) => name.startsWith('envoi_')).join('\n')
		expect(names).toContain('route="/confirm/:token"')
		expect(names).not.toMatch(/secret-token|such|987654|@/)
	})

	it('say which part did not answer, and leave its figures out', async () => {
		const broken = await startTestApp({ workers: false })
		expect((await read(broken)).get('envoi_state_unread{part="digests"}')).toBe(0)
		await sql`alter table digests rename to elsewhere`.execute(broken.db)
		const metrics = await read(broken)
		expect(metrics.get('envoi_state_unread{part="digests"}')).toBe(1)
		expect(metrics.get('envoi_state_unread{part="sources"}')).toBe(0)
		expect(metrics.has('envoi_digests_stalled')).toBe(false)
		expect(broken.logged.join('\n')).toContain('the metrics of a part can’t be read')
		await broken.close()
	})
})

describe('who may read the metrics', () => {
	it('is, without a token, only this machine itself: there is nothing for anyone behind a proxy', async () => {
		await app.request.get('/metrics').expect(200)
		for (const [name, value] of [
			['X-Forwarded-For', '203.0.113.7'],
			['X-Forwarded-Proto', 'https'],
			['X-Real-IP', '127.0.0.1'],
			['Forwarded', 'for=127.0.0.1'],
			['Via', '1.1 proxy'],
			['Host', 'news.example.org'],
			['Host', 'localhost.example.org'],
		] as const) {
			const answer = await app.request.get('/metrics').set('Accept', 'text/html').set(name, value)
			expect([name, answer.status, answer.text.includes('envoi_')]).toEqual([name, 404, false])
		}
		await app.request.get('/metrics').set('Host', 'localhost:3000').expect(200)
		await app.request.get('/metrics').set('Host', '[::1]:3000').expect(200)
	})

	it('is, with a token, who has it; from a process that only works too', async () => {
		const worker = await startTestApp({ workers: false, routes: 'health', config: { metricsToken: token } })
		const ask = (headers: Record<string, string>) => worker.request.get('/metrics').set(headers)
		await ask({ Authorization: `Bearer ${token}` }).expect(200, /envoi_messages_total/)
		await ask({ Authorization: `bearer ${token}`, 'X-Forwarded-For': '203.0.113.7' }).expect(200)
		for (const wrong of ['', 'Bearer ', `Bearer ${token}x`, `Basic ${token}`, 'Bearer é']) {
			const answer = await ask({ Authorization: wrong, 'Accept-Language': 'fr' }).set(
				'Accept',
				'application/json',
			)
			expect([wrong, answer.status]).toEqual([wrong, 401])
			expect(answer.headers['www-authenticate']).toContain('Bearer')
			expect(answer.body.message).toContain('METRICS_TOKEN')
		}
		await worker.request.get('/api/openapi.json').expect(404)
		await worker.close()
	})
})
