import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planDigest } from '../../src/deliveries/index.ts'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { createApiKey } from '../../src/staff/index.ts'
import { unsubscribeByStaff } from '../../src/subscriptions/index.ts'
import { importSuppressions } from '../../src/suppressions/index.ts'
import { importFile, outcomesOf } from '../support/bring-file.ts'
import { giveTopics, makeChoices, makeTopic, pauseReader } from '../support/make-choices.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { readZip } from '../support/read-zip.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const days = 86_400_000
let here: TestApp
let elsewhere: TestApp
let staff: StaffCalls
let digestId: number
beforeAll(async () => {
	here = await startTestApp({ workers: false })
	elsewhere = await startTestApp({
		workers: false,
		config: { secretKey: 'the secret key of another installation' },
	})
	staff = await staffOf(here)
	digestId = await fill(here)
	const { id } = await makeNewsletter(elsewhere, { slug: 'news' })
	for (const slug of ['water', 'health', 'schools']) await makeTopic(elsewhere, id, slug)
})
afterAll(async () => {
	await here?.close()
	await elsewhere?.close()
})

/** Readers of all kinds, some with addresses and names that files are bad at; a digest, stories, a source. */
async function fill(app: TestApp): Promise<number> {
	const { id } = await makeNewsletter(app, { slug: 'news' })
	await makeNewsletter(app, { slug: 'other' })
	const [water, health] = [await makeTopic(app, id, 'water'), await makeTopic(app, id, 'health')]
	await makeTopic(app, id, 'schools')
	const ago = (count: number) => new Date(app.clock.now().getTime() - count * days)
	const add = async (address: string, set: object = {}, name: string | null = null) => {
		const reader = await makeReader(app, id, { address })
		const stands = { created_at: ago(90), confirmed_at: ago(89) }
		await app.db
			.updateTable('subscriptions')
			.set({ ...stands, ...set })
			.where('id', '=', reader)
			.execute()
		await app.db
			.updateTable('subscribers')
			.set({ given_name: name })
			.where('comparable_address', '=', address)
			.execute()
		return reader
	}
	await add('=cmd@example.org', {}, 'Ann "the; first"')
	await add("'+plus@example.org", { locale: 'fr' }, 'Éloïse')
	await add('-dash@example.org', { created_at: ago(400), confirmed_at: ago(300) })
	await makeChoices(app, await add('some@example.org'), { topicIds: [water, health], locale: 'fr' })
	await makeChoices(app, await add('but@example.org'), { topicIds: [health], newTopics: true })
	await makeChoices(app, await add('none@example.org'), { topicIds: [], newTopics: false })
	await add('implied@example.org', { consent_until: new Date(ago(-200).getTime() + 123) })
	await makeChoices(app, await add('monthly@example.org'), { rhythm: 'round_up', untranslated: 'include' })
	await pauseReader(app, await add('away@example.org'), new Date(app.clock.now().getTime() + 30 * days))
	await add('pending@example.org', { state: 'pending', confirmed_at: null })
	const left = { state: 'unsubscribed', unsubscribed_at: ago(3), unsubscribe_reason: 'too_many' }
	await add('left@example.org', left)
	for (const [address, reason] of [
		['dead@example.org', 'dead_address'],
		['cross@example.org', 'complaint'],
		['barred@example.org', 'staff'],
	] as const) {
		await add(address)
		const { address_hash } = await app.db
			.selectFrom('subscribers')
			.select('address_hash')
			.where('comparable_address', '=', address)
			.executeTakeFirstOrThrow()
		const stands = { address_hash, reason, evidence: null, created_at: ago(2), lifted_at: null }
		await app.db.insertInto('suppressions').values(stands).execute()
	}
	const story = await makeStory(app, id, { title: '=HYPERLINK("https://evil.example")' })
	await giveTopics(app, story, ['water'])
	const triggered = await triggerDigest(app, id, { by: operator })
	if (triggered.kind !== 'created') throw new Error('no digest')
	await planDigest(app, triggered.digest.id)
	return triggered.digest.id
}

const get = (calls: StaffCalls, file: string) => calls.call('get', `/newsletters/news/exports/${file}`)

async function readTable(calls: StaffCalls, name: string): Promise<Array<Record<string, string>>> {
	const answer = await get(calls, `${name}.csv`)
	expect(answer.status, answer.text).toBe(200)
	return parse(answer.text, { columns: true })
}

describe('what is taken out and brought into another Envoi', () => {
	it('gives equal states, topics and dates; who is suppressed or never confirmed stays out', async () => {
		const suppressions = await get(staff, 'suppressions.csv')
		const readers = await get(staff, 'readers.csv')
		const added = await importSuppressions(elsewhere, [Buffer.from(suppressions.text)], operator)
		expect(added).toMatchObject({ added: 3, refusedCount: 0 })
		const brought = await importFile(elsewhere, readers.text, { basis: { kind: 'asked', evidence: 'Envoi' } })
		expect(outcomesOf(brought)).toEqual({ new: 9, arrives_left: 1, suppressed: 3, unusable: 1 })

		const carried = [
			'email',
			'given_name',
			'state',
			'language',
			'topics',
			'topics_left_out',
			'rhythm',
			'untranslated',
			'joined_at',
			'left_at',
			'paused_until',
			'consent_until',
		]
		const select = (rows: Array<Record<string, string>>) =>
			rows
				.filter(({ state }) => state === 'active' || state === 'unsubscribed')
				.map((row) => [
					...carried.map((column) => row[column]),
					// of who has left the import keeps no day of confirming
					row.state === 'active' ? row.confirmed_at : '',
				])
				.sort()
		const there = await staffOf(elsewhere)
		const [before, after] = [await readTable(staff, 'readers'), await readTable(there, 'readers')]
		expect(select(after)).toEqual(select(before))
		expect(after).toHaveLength(10)
		const reasons = (rows: Array<Record<string, string>>) => rows.map(({ reason }) => reason).sort()
		expect(reasons(await readTable(there, 'suppressions'))).toEqual(
			reasons(await readTable(staff, 'suppressions')),
		)
	})

	it('Nobody is mailed again who is suppressed, where the table of readers comes alone', async () => {
		await makeNewsletter(elsewhere, { slug: 'alone' })
		await elsewhere.db.deleteFrom('suppressions').execute()
		const { text } = await get(staff, 'readers.csv')
		const basis = { kind: 'asked', evidence: 'Envoi' } as const
		const brought = await importFile(elsewhere, text, { newsletter: 'alone', basis })
		expect(outcomesOf(brought)).toMatchObject({ arrives_suppressed: 2, arrives_left: 2 })
		const active = await elsewhere.db
			.selectFrom('subscriptions')
			.innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
			.innerJoin('newsletters', 'newsletters.id', 'subscriptions.newsletter_id')
			.select('comparable_address as address')
			.where('slug', '=', 'alone')
			.where('state', '=', 'active')
			.execute()
		const addresses = active.map(({ address }) => address)
		for (const out of ['dead', 'cross', 'barred', 'left', 'pending'])
			expect(addresses).not.toContain(`${out}@example.org`)
	})
})

describe('topics of readers', () => {
	it('mean the same again where one has ended, or is called as all of them are', async () => {
		const { id } = await makeNewsletter(here, { slug: 'words' })
		const ended = await makeTopic(here, id, 'ended')
		const all = await makeTopic(here, id, 'all')
		await here.db
			.updateTable('topics')
			.set({ archived_at: here.clock.now() })
			.where('id', '=', ended)
			.execute()
		const add = (name: string) => makeReader(here, id, { address: `${name}@words.example` })
		await makeChoices(here, await add('ended-alone'), { topicIds: [ended] })
		await makeChoices(here, await add('every'), { topicIds: [], newTopics: true, rhythm: 'round_up' })
		await makeChoices(here, await add('this-one'), { topicIds: [ended, all] })
		await makeChoices(here, await add('but-this'), { topicIds: [all], newTopics: true })

		const { id: there } = await makeNewsletter(elsewhere, { slug: 'words' })
		await makeTopic(elsewhere, there, 'all')
		const { text } = await staff.call('get', '/newsletters/words/exports/readers.csv')
		const basis = { kind: 'asked', evidence: 'Envoi' } as const
		await importFile(elsewhere, text, { newsletter: 'words', basis })
		const rows = await elsewhere.db
			.selectFrom('subscriptions as s')
			.innerJoin('subscribers as p', 'p.id', 's.subscriber_id')
			.leftJoin('choice_profiles as c', 'c.id', 's.profile_id')
			.select(['p.local_part as name', 'c.all_topics as all', 'c.topic_ids as ids'])
			.where('s.newsletter_id', '=', there)
			.execute()
		const chosen = Object.fromEntries(rows.map(({ name, all, ids }) => [name, [all, ids?.length]]))
		expect(chosen).toEqual({
			'ended-alone': [false, 0],
			every: [true, 0],
			'this-one': [false, 1],
			'but-this': [true, 1],
		})
	})
})

describe('the tables of a newsletter', () => {
	it('are CSV without formulas, and JSON with lists, texts and times as they are', async () => {
		const csv = await get(staff, 'stories.csv')
		expect(csv.headers['content-type']).toContain('text/csv')
		expect(csv.headers['content-disposition']).toBe('attachment; filename="news-stories.csv"')
		expect(csv.headers['cache-control']).toContain('no-store')
		expect(csv.text).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
		const json = await get(staff, 'stories.json')
		expect(json.body).toMatchObject([{ title: '=HYPERLINK("https://evil.example")', topics: ['water'] }])
		const readers = (await get(staff, 'readers.json')).body as Array<Record<string, unknown>>
		expect(readers.find(({ email }) => email === 'but@example.org')).toMatchObject({
			topics: ['all'],
			topics_left_out: ['health'],
			joined_at: expect.stringMatching(/^\d{4}-.*Z$/),
			suppressed: null,
		})
		expect((await get(staff, 'sources.json')).body).toEqual([])
	})

	it('hold what happened: receipts, digests with their sums, deliveries', async () => {
		const { id } = await here.db
			.selectFrom('subscribers')
			.select('id')
			.where('comparable_address', '=', 'away@example.org')
			.executeTakeFirstOrThrow()
		await unsubscribeByStaff(here, { id: Number(id) }, operator)
		const receipts = await readTable(staff, 'receipts')
		expect(receipts).toMatchObject([{ email: 'away@example.org', action: 'unsubscribed' }])
		const [digest] = (await get(staff, 'digests.json')).body as Array<Record<string, unknown>>
		const deliveries = await readTable(staff, 'deliveries')
		expect(digest).toMatchObject({ id: digestId, state: 'sending', due: digest?.planned })
		expect(deliveries.filter(({ state }) => state === 'planned')).toHaveLength(Number(digest?.planned))
		expect(deliveries[0]).toMatchObject({ digest: String(digestId) })
		const other = await staff.call('get', '/newsletters/other/exports/deliveries.json')
		expect(other.body).toEqual([])
	})

	it('are longer than a page', async () => {
		const { id } = await makeNewsletter(here, { slug: 'long' })
		for (let count = 0; count < 2_001; count += 1)
			await makeReader(here, id, { address: `r${count}@long.example` })
		const answer = await staff.call('get', '/newsletters/long/exports/readers.json')
		expect(new Set(answer.body.map(({ email }: { email: string }) => email)).size).toBe(2_001)
	})

	it('are whole though readers of a page were erased since', async () => {
		const { id } = await makeNewsletter(here, { slug: 'thinned' })
		for (const name of ['first', 'second']) await makeReader(here, id, { address: `${name}@thinned.example` })
		await makeStory(here, id, {})
		const triggered = await triggerDigest(here, id, { by: operator })
		if (triggered.kind !== 'created') throw new Error('no digest')
		await planDigest(here, triggered.digest.id)
		// what erasing leaves: deliveries of subscriptions that are there no more
		await sql`
			insert into deliveries (digest_id, subscription_id, rendition_id, state)
			select digest_id, 1000000 + n, rendition_id, 'accepted' from deliveries, generate_series(1, 2100) n
			where digest_id = ${triggered.digest.id} and subscription_id = (
				select min(subscription_id) from deliveries where digest_id = ${triggered.digest.id}
			)`.execute(here.db)
		const { body } = await staff.call('get', '/newsletters/thinned/exports/deliveries.json')
		const emails = body.map(({ email }: { email: string | null }) => email)
		expect(emails).toHaveLength(2_102)
		expect(emails.slice(0, 3)).toEqual(['first@thinned.example', 'second@thinned.example', null])
	})

	it('come all in one archive, with a note in the language that is asked for', async () => {
		const answer = await here.request
			.get('/api/v1/newsletters/news/exports.zip')
			.set({ Authorization: `Bearer ${staff.key}`, 'Accept-Language': 'fr' })
			.buffer(true)
			.parse((response, done) => {
				const parts: Buffer[] = []
				response.on('data', (part: Buffer) => parts.push(part))
				response.on('end', () => done(null, Buffer.concat(parts)))
			})
		expect(answer.headers['content-type']).toBe('application/zip')
		const files = await readZip(answer.body)
		expect([...files.keys()].sort()).toEqual(
			[
				'deliveries.csv',
				'digests.csv',
				'lisez-moi.txt',
				'readers.csv',
				'receipts.csv',
				'sources.csv',
				'stories.csv',
				'suppressions.csv',
				'topics.csv',
			].sort(),
		)
		expect(files.get('lisez-moi.txt')).toContain('auxquelles il ne faut plus jamais écrire')
		expect(files.get('readers.csv')).toBe((await get(staff, 'readers.csv')).text)
	})
})

describe('who may take them', () => {
	it('is written down before anything goes out, and needs its permission', async () => {
		await get(staff, 'topics.csv')
		const last = await here.db
			.selectFrom('audit_entries')
			.select(['action', 'subject', 'detail'])
			.orderBy('id', 'desc')
			.executeTakeFirstOrThrow()
		expect(last).toEqual({ action: 'export', subject: 'newsletter:news', detail: 'topics' })
		const scopes = ['subscribers.read', 'newsletters.change'] as const
		const { key } = await createApiKey(here, { name: 'script', scopes: [...scopes] }, operator)
		const refused = await here.request
			.get('/api/v1/newsletters/news/exports/topics.csv')
			.set({ Authorization: `Bearer ${key}` })
		expect(refused.status).toBe(403)
	})

	it('Who may not see the whole list of suppressions gets those of the newsletter’s readers', async () => {
		const elsewhere = {
			address_hash: 'x'.repeat(43),
			reason: 'staff' as const,
			evidence: null,
			created_at: here.clock.now(),
			lifted_at: null,
		}
		await here.db.insertInto('suppressions').values(elsewhere).execute()
		const { key } = await createApiKey(here, { name: 'export', scopes: ['newsletters.export'] }, operator)
		const few = await here.request
			.get('/api/v1/newsletters/news/exports/suppressions.json')
			.set({ Authorization: `Bearer ${key}` })
			.expect(200)
		expect(few.body.map(({ email }: { email: string }) => email).sort()).toEqual([
			'barred@example.org',
			'cross@example.org',
			'dead@example.org',
		])
		expect((await get(staff, 'suppressions.json')).body).toHaveLength(4)
	})

	it('What is not there is told', async () => {
		expect((await get(staff, 'passwords.csv')).status).toBe(404)
		const nowhere = await staff.call('get', '/newsletters/nowhere/exports/readers.csv')
		expect(nowhere.status).toBe(404)
		expect((await staff.call('get', '/newsletters/news/exports.zip?format=xml')).status).toBe(422)
	})
})
