import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobCatalog, type Processors } from '../../../src/jobs/catalog.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const trouble =
	'no answer for awa@example.net of smtp://amina:opensesame-9@relay.example, <script>alert(1)</script>\n    at secret place'

let app: TestApp
let owner: ConsoleBrowser
const done: unknown[] = []
let fails = true
beforeAll(async () => {
	app = await startTestApp({
		workers: false,
		config: { smtpUrl: 'smtp://amina:opensesame-9@relay.example:587' },
	})
	owner = await signInAs(app, 'owner')
	const { id } = await makeNewsletter(app)
	const source = { newsletter_id: id, locale: 'en', next_poll_at: new Date(), topics: [] }
	await app.db
		.insertInto('sources')
		.values([
			{ ...source, url: 'https://a.example/feed', last_polled_at: new Date('2026-11-20T07:04:00Z') },
			{
				...source,
				url: 'https://b.example/feed',
				problem: 'timeout',
				failures: 3,
				last_polled_at: new Date(),
			},
		])
		.execute()
	const process = async (payload: unknown) => {
		if (fails) throw new Error(trouble)
		done.push(payload)
	}
	const processors = Object.fromEntries(Object.keys(jobCatalog).map((name) => [name, process]))
	app.jobs.work(processors as Processors, {
		notices: 1,
		deliveries: 1,
		bounces: 1,
		stories: 1,
		imports: 1,
		webhooks: 1,
		upkeep: 1,
	})
})
afterAll(() => app?.close())

describe('the page on the system', () => {
	it('has words for each queue and each job', () => {
		const queues = Object.values(jobCatalog).map(({ queue }) => `console.system.queue.${queue}`)
		const jobs = Object.keys(jobCatalog).map((name) => `console.system.job.${name.replaceAll('-', '_')}`)
		const lacking = [...queues, ...jobs].filter((key) => !app.messages.has(key))
		expect(lacking).toEqual([])
	})

	it('says what Envoi runs on, whether it may send, where mail goes and when sources were read', async () => {
		const page = (await owner.get('/console/system').expect(200)).text
		expect(page).toContain(`<dd>${process.versions.node}</dd>`)
		expect(page).toMatch(/<dt>PostgreSQL<\/dt><dd>\d+/)
		expect(page).toMatch(/<dt>Size of the database<\/dt><dd>\d+(?:\.\d)? MB<\/dd>/)
		expect(page).toContain('This database may send.')
		expect(page).toContain('Mail leaves through the relays below.')
		expect(page).toContain('>relay.example:587</h3>')
		expect(page).toContain('20 November, 07:04')
		expect(page).toMatch(/b\.example\/feed[\s\S]*?class="status asks"/)
		expect(page).toContain('No job has failed in the last day.')
		expect(page).not.toContain('opensesame')
		expect((await owner.get('/console')).headers.location).toBeDefined()
		expect(page).toContain('href="/console/system"')
	})

	it('says once that sending is held after a restore', async () => {
		const held = { held_since: new Date('2026-11-21T09:00:00Z'), held_reason: 'older_backup' as const }
		await app.db.updateTable('installation').set(held).execute()
		const notice =
			/class="held status stops"[\s\S]*?Sending has been held since 21 November, .+: a backup was restored\./
		await expect.poll(async () => (await owner.get('/console/system')).text).toMatch(notice)
		expect((await owner.get('/console/people').expect(200)).text).toMatch(notice)
		const page = (await owner.get('/console/system').expect(200)).text
		expect(page.split('a backup was restored')).toHaveLength(2)
		expect(page).not.toContain('This database may send.')
		await app.db.updateTable('installation').set({ held_since: null, held_reason: null }).execute()
	})

	it('shows a failed job without secrets, addresses and markup, and lets it be tried again, which is in the log', async () => {
		await app.jobs.enqueue('poll-source', { sourceId: 12 })
		await app.drain()
		const page = (await owner.get('/console/system').expect(200)).text
		expect(page).toContain('One job has failed')
		expect(page).toContain('Read a source')
		expect(page).toContain('sourceId 12')
		expect(page).toContain('no answer for')
		expect(page).not.toMatch(/awa@|opensesame|<script>alert|secret place/)
		const [, action = ''] = /action="(\/console\/system\/jobs\/[^"]+\/retry)"/.exec(page) ?? []

		const editor = await signInAs(app, 'editor')
		await editor.post(action).expect(403)
		fails = false
		await owner.post(action).expect(303).expect('location', '/console/system#queues')
		await app.drain()
		expect(done).toEqual([{ sourceId: 12 }])
		const again = await owner.post(action).expect(404)
		expect(again.text).toContain('no longer among those that failed')
		const entries = await app.db
			.selectFrom('audit_entries')
			.select(['subject', 'detail'])
			.where('action', '=', 'retry')
			.execute()
		expect(entries).toEqual([{ subject: 'job:poll-source', detail: 'sourceId 12' }])
		expect((await owner.get('/console/audit')).text).toContain('tried again')
	})
})
