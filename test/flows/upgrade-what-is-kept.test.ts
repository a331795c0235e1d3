import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// what version 0008 left behind, and what staff and people did to it before it was upgraded
const fixture = new URL('../db/fixtures/while-sending-at-0008.sql.gz', import.meta.url)
const before = `
	insert into public.sources (id, newsletter_id, url, locale, topics, next_poll_at)
		overriding system value select 900, min(id), 'https://x.example/feed', 'en', '{water}', now() from public.newsletters;
	insert into public.stories
		(id, newsletter_id, source_id, locale, title, summary, categories, topics, published_at, first_seen_at)
		overriding system value
		select 900 + n, newsletter_id, case when n < 4 then 900 end, 'en', 'Story ' || n, '', '{}',
			(array['{water}', '{seeds}', '{seeds}', '{seeds}', '{}'])[n]::text[], now(), now()
		from public.sources, generate_series(1, 5) n where sources.id = 900;
	insert into public.audit_entries (actor, action, subject)
		values ('operator', 'change', 'story:901'), ('operator', 'change', 'story:902');
	insert into public.consent_receipts (subscription_id, action, locale, page, ip)
		values (9999, 'requested', 'en', '/newsletters/x?from=y', '192.0.2.1');
	insert into public.consent_receipts (subscription_id, action, locale, page, ip)
		select min(id), 'requested', 'en', '/newsletters/x?from=y', '192.0.2.1' from public.subscriptions;
`

let app: TestApp
beforeAll(async () => {
	const dump = gunzipSync(await readFile(fixture)).toString()
	app = await startTestApp({ backup: `${dump}\n${before}`, workers: false })
})
afterAll(() => app?.close())

test('Topics that staff chose before it was written down are told from those of the source', async () => {
	const rows = await app.db
		.selectFrom('stories')
		.select(['title', 'topics_chosen_at'])
		.where('id', '>', 900)
		.orderBy('id')
		.execute()
	expect(rows.filter((row) => row.topics_chosen_at).map(({ title }) => title)).toEqual([
		// changed by staff, and other than the source’s; written by staff
		'Story 2',
		'Story 4',
	])
})

test('Receipts of sign-ups that were forgotten before lose the person, and all others stay', async () => {
	const rows = await app.db
		.selectFrom('consent_receipts')
		.select(['subscription_id', 'page', 'ip'])
		.where('page', 'like', '/newsletters/x%')
		.orderBy('id')
		.execute()
	expect(rows).toEqual([
		{ subscription_id: null, page: '/newsletters/x', ip: null },
		{ subscription_id: expect.any(Number), page: '/newsletters/x?from=y', ip: '192.0.2.1' },
	])
})
