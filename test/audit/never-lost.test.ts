import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordEvents } from '../../src/bounces/index.ts'
import { returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { planDigest } from '../../src/deliveries/index.ts'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { bringFile, importFile } from '../support/bring-file.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { rowsOfAll } from '../support/rows-of-all.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const domain = 'bounces.example.org'
let app: TestApp
let staff: StaffCalls
/** What calls are about, by the names that stand in their paths. */
const ids: Record<string, number> = {}

beforeAll(async () => {
	app = await startTestApp({ workers: false, config: { bounceDomain: domain } })
	staff = await staffOf(app)
	await fill()
	await sql`create function refuse_entry() returns trigger language plpgsql as
		$$ begin raise exception 'no entry can be written'; end $$`.execute(app.db)
	await sql`create trigger refuse_entry before insert on audit_entries
		for each row execute function refuse_entry()`.execute(app.db)
})
afterAll(() => app?.close())

const imports = '/newsletters/news/imports'
const list = 'email\nfrom-file@example.net\nno address\n'
const asCsv = { 'Content-Type': 'text/csv' }

/** Something of each kind that staff can act on. */
async function fill(): Promise<void> {
	const newsletter = await makeNewsletter(app, { slug: 'news' })
	const subscriptionId = await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	const reader = await staff.call('post', '/readers/find', { address: 'awa@example.net' })
	ids.reader = reader.body.items[0].id
	await staff.call('post', '/newsletters/news/topics', { slug: 'water', texts: { en: { name: 'Water' } } })
	const rule = await staff.call('post', '/newsletters/news/topic-rules', {
		topic: 'water',
		category: 'rivers',
	})
	ids.rule = rule.body.id
	const source = await staff.call('post', '/newsletters/news/sources', {
		url: 'https://feeds.example.org/en',
		locale: 'en',
	})
	ids.source = source.body.id
	for (const state of ['open', 'paused', 'over']) {
		await makeStory(app, newsletter.id)
		const made = await triggerDigest(app, newsletter.id, { by: operator })
		if (made.kind !== 'created') throw new Error(made.kind)
		ids[state] = made.digest.id
		await planDigest(app, made.digest.id)
	}
	await staff.call('post', `/digests/${ids.paused}/pause`)
	await app.db
		.updateTable('digests')
		.set({ state: 'completed', completed_at: app.clock.now() })
		.where('id', '=', ids.over ?? 0)
		.execute()
	for (const name of ['story', 'other', 'linked', 'twin']) {
		const locale = name === 'other' || name === 'twin' ? 'fr' : 'en'
		ids[name] = await makeStory(app, newsletter.id, { locale })
	}
	await staff.call('post', '/stories/translations', { storyIds: [ids.linked, ids.twin] })
	const missed = await sql<{ id: number }>`insert into missed_digests (newsletter_id, occurrence, found_at)
		values (${newsletter.id}, '2025-01-01Z', now()) returning id`.execute(app.db)
	ids.missed = missed.rows[0]?.id ?? 0
	await staff.call('post', '/suppressions', { address: 'gone@example.net' })
	for (const name of ['looked', 'dropped'])
		ids[name] = (await staff.call('post', imports, list, asCsv)).body.id
	ids.checked = (await bringFile(app, list)).id
	ids.done = (await importFile(app, list)).id
	ids.proven = (await bringFile(app, list)).id
	const scan = await staff.call('post', `/imports/${ids.proven}/evidence`, '%PDF-1.7 a scan', {
		'Content-Type': 'text/plain',
	})
	expect(scan.status).toBe(200)
	const key = await staff.call('post', '/api-keys', { name: 'other', scopes: ['all'] })
	ids.key = key.body.id
	const events = ['subscriber.left']
	const webhook = await staff.call('post', '/webhook-endpoints', { url: 'https://93.184.216.34/', events })
	ids.webhook = webhook.body.id
	const told = await sql<{ id: number }>`insert into webhook_messages
		(endpoint_id, event, newsletter_id, happened_at, due_at, state)
		values (${webhook.body.id}, 'subscriber.left', ${newsletter.id}, now(), now(), 'failed') returning id`.execute(
		app.db,
	)
	ids.message = told.rows[0]?.id ?? 0
	const member = { name: 'Amina', email: 'amina@charity.example', role: 'editor' }
	ids.member = (await staff.call('post', '/staff', member)).body.id
	const returnPath = returnPathOf(app.keys, { digestId: ids.open ?? 0, subscriptionId }, domain)
	await recordEvents(app, [
		{
			via: 'inbound',
			externalId: 'event',
			kind: 'bounce',
			class: 'temporary',
			hard: false,
			status: '4.2.0',
			reply: '450',
			diagnostic: '450 later',
			identifiers: { returnPath },
			occurredAt: app.clock.now(),
			raw: 'a report on Awa <awa@example.net>',
		},
	])
	const bounces = await staff.call('get', '/bounces')
	ids.bounce = bounces.body.items[0].id
	const alert = await sql<{ id: number }>`insert into bounce_alerts
		(alert_key, events, classes, domains, raised_at, updated_at)
		values ('hour/test', 1, '{}', '{}', now(), now()) returning id`.execute(app.db)
	ids.alert = alert.rows[0]?.id ?? 0
	await sql`insert into sending_pauses (scope, name, reason, until, held)
		values ('relay', 'smtp.example.org', 'no', now() + interval '1 day', true)`.execute(app.db)
	await sql`update installation set held_since = now(), held_reason = 'older_backup'`.execute(app.db)
}

type Call = [method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object]

const least = { slug: 'more', texts: { en: { name: 'More' } }, fromAddress: 'more@charity.example' }

/** Every call that changes something, or gives addresses away; `:name` stands for an id. */
const calls: Call[] = [
	['post', '/newsletters', least],
	['patch', '/newsletters/news', { colour: '#000000' }],
	['post', '/newsletters/news/topics', { slug: 'seeds', texts: { en: { name: 'Seeds' } } }],
	['patch', '/newsletters/news/topics/water', { archived: true }],
	['post', '/newsletters/news/topic-order', { topics: ['water'] }],
	['post', '/newsletters/news/topic-rules', { topic: 'water', category: 'wells' }],
	['delete', '/newsletters/news/topic-rules/:rule'],
	['post', '/newsletters/news/sources', { url: 'https://feeds.example.org/fr', locale: 'fr' }],
	['patch', '/sources/:source', { state: 'paused' }],
	['post', '/sources/:source/poll'],
	['delete', '/sources/:source'],
	['post', '/newsletters/news/stories', { locale: 'en', title: 'Written by hand' }],
	['patch', '/stories/:story', { title: 'Changed' }],
	['post', '/stories/translations', { storyIds: [':story', ':other'] }],
	['delete', '/stories/:linked/translations'],
	['post', '/newsletters/news/digests'],
	['post', '/newsletters/news/digests/test', { addresses: ['boss@example.net'] }],
	['post', '/digests/:open/pause'],
	['post', '/digests/:paused/resume'],
	['post', '/digests/:open/cancel'],
	['post', '/digests/:over/resend', { state: 'refused' }],
	['post', '/digests/:open/message', { to: 'awa@example.net' }],
	['get', '/digests/:open/deliveries.csv'],
	['post', '/readers/find', { address: 'awa@example.net' }],
	['get', '/readers/:reader'],
	['get', '/readers/:reader/export'],
	['patch', '/readers/:reader/subscriptions/news', { rhythm: 'each', untranslated: 'include' }],
	['post', '/readers/:reader/unsubscribe', {}],
	['post', '/readers/erase', { address: 'awa@example.net' }],
	['post', imports, { list }],
	['patch', '/imports/:looked', { overwrite: ['names'] }],
	['post', '/imports/:looked/check'],
	['post', '/imports/:checked/rows/2', { address: 'right@example.net' }],
	['post', '/imports/:checked/run'],
	['post', '/imports/:done/undo'],
	['delete', '/imports/:dropped'],
	['post', '/imports/:done/evidence', { scan: '%PDF-1.7 a scan' }],
	['get', '/imports/:proven/evidence'],
	['delete', '/imports/:proven/evidence'],
	['get', '/imports/:done/unusable.csv'],
	['get', '/imports/:done/report.csv'],
	['post', '/missed-digests/:missed/send'],
	['post', '/missed-digests/:missed/drop'],
	['post', '/api-keys', { name: 'new', scopes: ['stories.read'] }],
	['delete', '/api-keys/:key'],
	['post', '/webhook-endpoints', { url: 'https://93.184.216.34/', events: ['digest.finished'] }],
	['patch', '/webhook-endpoints/:webhook', { withAddress: true }],
	['post', '/webhook-endpoints/:webhook/secret'],
	['post', '/webhook-endpoints/:webhook/messages/:message/replay'],
	['delete', '/webhook-endpoints/:webhook'],
	['post', '/staff', { name: 'Luc', email: 'luc@charity.example', role: 'editor' }],
	['post', '/staff/:member/invitation'],
	['patch', '/staff/:member', { role: 'viewer' }],
	['delete', '/staff/:member'],
	['get', '/bounces/:bounce/report'],
	['post', '/bounces/reports', { report: 'Subject: Undelivered' }],
	['post', '/bounces/alerts/:alert/close'],
	['post', '/suppressions', { address: 'new@example.net' }],
	['post', '/suppressions/lift', { address: 'gone@example.net', reason: 'asked for it' }],
	['post', '/suppressions/import', { list: 'one@example.net' }],
	['get', '/suppressions.csv'],
	['post', '/resume-after-restore'],
	['post', '/relays/resume'],
]

/** Calls by POST that change nothing. */
const looks = [
	'/newsletters/{slug}/digests/preview',
	'/newsletters/{slug}/topic-rules/preview',
	'/suppressions/find',
]

it('covers every call by which staff changes something', async () => {
	const document = (await app.request.get('/api/openapi.json')).body
	const changing = Object.entries<object>(document.paths).flatMap(([path, operations]) =>
		Object.entries(operations)
			.filter(([method, { security }]) => method !== 'get' && security.length > 0)
			.map(([method]) => `${method} ${path.replace('/api/v1', '')}`),
	)
	const pattern = (path: string) =>
		path
			.replace(/:\w+/g, '{id}')
			.replace('/newsletters/news', '/newsletters/{slug}')
			.replace('/subscriptions/news', '/subscriptions/{slug}')
			.replace('/topics/water', '/topics/{topic}')
			.replace('/rows/2', '/rows/{number}')
			.replace('/messages/{id}', '/messages/{messageId}')
	const covered = new Set([
		...calls.map(([method, path]) => `${method} ${pattern(path)}`),
		...looks.map((path) => `post ${path}`),
	])
	expect(changing.filter((call) => !covered.has(call))).toEqual([])
})

it.each(calls)(
	'%s %s leaves everything as it was where its audit entry can’t be written',
	async (method, path, body) => {
		const withIds = (text: string) => text.replace(/:([a-z]+)/g, (all, name) => String(ids[name] ?? all))
		const before = await rowsOfAll(app.db)
		const sent = body && JSON.parse(JSON.stringify(body).replace(/"(:[a-z]+)"/g, (_, name) => withIds(name)))
		const raw =
			(path.endsWith('/evidence') && body) ||
			path === '/bounces/reports' ||
			path === '/suppressions/import' ||
			path === imports
		const answer = raw
			? await staff.call(method, withIds(path), Object.values(body ?? {})[0], {
					'Content-Type': 'text/plain',
				})
			: await staff.call(method, withIds(path), sent)
		expect([answer.status, answer.body?.code]).toEqual([500, 'internal'])
		expect(answer.text).not.toContain('awa@example.net')
		expect(await rowsOfAll(app.db)).toEqual(before)
		expect(app.captured?.list?.() ?? []).toEqual([])
	},
)
