import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { standings } from '../../../src/http/console/readers/filter-input.ts'
import { type SuppressionReason, subscriptionSources } from '../../../src/kernel/enumerations.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import type { Newsletter } from '../../../src/newsletters/index.ts'
import { suppress } from '../../../src/suppressions/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeChoices, makeTopic, pauseReader } from '../../support/make-choices.ts'
import { makeNewsletter, makeReader, type NewReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let owner: ConsoleBrowser
let news: Newsletter
let others: Newsletter
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	owner = await signInAs(app, 'owner')
	news = await makeNewsletter(app, { schedule: { cron: '0 7 * * 4', timeZone: 'America/Montreal' } })
	others = await makeNewsletter(app)
	await fill()
})
afterAll(() => app?.close())

/** A reader `NAME@f.example` who signed up at a time. */
async function add(name: string, joined: string, reader: Partial<NewReader> = {}): Promise<number> {
	const id = await makeReader(app, news.id, { address: `${name}@f.example`, ...reader })
	await app.db
		.updateTable('subscriptions')
		.set({ created_at: new Date(joined) })
		.where('id', '=', id)
		.execute()
	return id
}

async function out(name: string, reason: SuppressionReason): Promise<void> {
	const addressHash = hashAddress(app.keys, `${name}@f.example`)
	await suppress(app.db, { addressHash, reason, evidence: null, at: app.clock.now() })
}

/** One of each kind, the newest first: their names are in the order of the list. */
async function fill(): Promise<void> {
	const [water, health] = [await makeTopic(app, news.id, 'water'), await makeTopic(app, news.id, 'health')]
	await makeReader(app, others.id, { address: 'elsewhere@f.example' })
	await add('a-usual', '2026-10-20T12:00:00Z')
	await add('b-french', '2026-10-19T12:00:00Z', { locale: 'fr', source: 'api' })
	await makeChoices(app, await add('c-water', '2026-10-18T12:00:00Z'), { topicIds: [water] })
	const notWater = { topicIds: [water], newTopics: true }
	await makeChoices(app, await add('d-not-water', '2026-10-17T12:00:00Z'), notWater)
	const roundUp = { topicIds: [health], rhythm: 'round_up' as const }
	await makeChoices(app, await add('e-round-up', '2026-10-16T12:00:00Z', { source: 'api' }), roundUp)
	const later = new Date(Date.now() + 86_400_000)
	await pauseReader(app, await add('f-paused', '2026-10-15T12:00:00Z'), later)
	await pauseReader(app, await add('g-was-paused', '2026-10-14T12:00:00Z'), new Date(Date.now() - 86_400_000))
	await add('h-pending', '2026-10-13T12:00:00Z', { state: 'pending' })
	await add('i-left', '2026-10-12T12:00:00Z', { state: 'unsubscribed', locale: 'fr' })
	await add('j-dead', '2026-10-11T12:00:00Z')
	await out('j-dead', 'dead_address')
	await add('k-complained', '2026-10-10T12:00:00Z')
	await out('k-complained', 'complaint')
	const site = await add('l-partner', '2026-10-01T03:30:00Z', { source: 'form' })
	await app.db
		.updateTable('subscriptions')
		.set({ source_host: 'partner.example' })
		.where('id', '=', site)
		.execute()
	await app.db
		.insertInto('signup_hosts')
		.values({ newsletter_id: news.id, host: 'partner.example' })
		.execute()
}

const pathOf = (query: string, newsletter = news) => `/console/newsletters/${newsletter.slug}/readers${query}`

const namesIn = (text: string) =>
	[...text.matchAll(/readers\/\d+">([\w-]+)@f\.example<\/a>/g)].map(([, name]) => name)

async function find(query: string): Promise<string[]> {
	const { text } = await owner.get(pathOf(`?${query}`)).expect(200)
	return namesIn(text).map((name = '') => name)
}

const all = 'abcdefghijkl'.split('')
const letters = async (query: string) => (await find(query)).map((name) => name[0]).join('')

describe('readers', () => {
	it('are all shown, the newest first, with how many, where no filter is set', async () => {
		const { text } = await owner.get(pathOf('?address=&state=&language=')).expect(200)
		expect(namesIn(text).map((name) => name?.[0])).toEqual(all)
		expect(text).toContain('12 readers, the newest first')
		expect(text).not.toContain('elsewhere')
		// who only comes by has not looked
		expect(namesIn((await owner.get(pathOf('')).expect(200)).text)).toEqual([])
	})

	it.each([
		['state=active', 'abcdegl'],
		['state=paused', 'f'],
		['state=pending', 'h'],
		['state=unsubscribed', 'i'],
		['state=out_dead_address', 'j'],
		['state=out_complaint', 'k'],
		['state=out_erased', ''],
		['language=fr', 'bi'],
		['topic=water', 'abcfghijkl'],
		['topic=health', 'abdefghijkl'],
		['rhythm=round_up', 'e'],
		['rhythm=each', 'abcdfghijkl'],
		['source=api', 'be'],
		['source=form', 'l'],
		['source=form%3Apartner.example', 'l'],
		// 3:30 in London is still the day before in Montréal
		['to=2026-09-30', 'l'],
		['from=2026-10-19', 'ab'],
		['from=2026-10-10&to=2026-10-12', 'ijk'],
		['language=fr&state=active&source=api', 'b'],
		['topic=water&rhythm=round_up', ''],
		['state=active&topic=health&source=api&from=2026-10-16', 'be'],
		['address=e-r&rhythm=round_up', 'e'],
		['address=e-round-up%40f.example&state=paused', ''],
	])('are those of %s', async (query, expected) => {
		expect(await letters(query)).toBe(expected)
	})

	it('who are out come in the order in which that was found', async () => {
		expect((await letters('state=out')).split('').sort().join('')).toBe('jk')
	})

	it.each([
		['state=everybody', 'This is none of the states that there are.'],
		['state=out_', 'This is none of the states that there are.'],
		['language=xx', 'This is none of the languages.'],
		['topic=nonsense', 'This newsletter has no such topic.'],
		['rhythm=daily', 'This is none of the rhythms.'],
		['source=form%3Anobody.example', 'Nobody comes to this newsletter that way.'],
		['source=%25', 'Nobody comes to this newsletter that way.'],
		['from=2026-13-01', 'This is no day of the calendar.'],
		['to=soon&state=active', 'This is no day of the calendar.'],
		['after=x', 'This isn’t the “next” value of an earlier page.'],
		['state=out&after=1790000000000000_5', 'This isn’t the “next” value of an earlier page.'],
		['address=ab&state=active', 'Give at least 3 characters of the address.'],
	])('are nobody for %s, and the page says why', async (query, why) => {
		const refused = await owner.get(pathOf(`?${query}`))
		expect(refused.status).toBe(422)
		expect(refused.text).toContain(why)
		expect(namesIn(refused.text)).toEqual([])
		const table = await owner.get(`/console/newsletters/${news.slug}/readers.csv?${query}`)
		if (!query.includes('after')) {
			expect(table.status).toBe(422)
			expect(table.text).not.toContain('@f.example')
		}
	})

	it('are nobody where a filter is given twice', async () => {
		expect((await owner.get(pathOf('?state=active&state=pending'))).status).toBe(422)
	})

	it('who signed up in one moment are paged without a gap', async () => {
		const many = await makeNewsletter(app)
		const made = Array.from({ length: 120 }, (_, index) => `m${index}`)
		for (const name of made) await makeReader(app, many.id, { address: `${name}@f.example` })
		await sql`
			update subscriptions set created_at = '2026-10-01 12:00:00.123456Z' where newsletter_id = ${many.id}`.execute(
			app.db,
		)
		const seen: Array<string | undefined> = []
		let path: string | undefined = pathOf('?state=active', many)
		while (path) {
			const { text }: { text: string } = await owner.get(path).expect(200)
			expect(text).toContain('120 readers')
			seen.push(...namesIn(text))
			path = /href="([^"]+after=[^"]+)#find"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
		}
		expect(seen).toHaveLength(120)
		expect(seen.toSorted()).toEqual(made.toSorted())
	})

	it('are looked for in a bounded part of a large newsletter, and the page says so', async () => {
		const large = await makeNewsletter(app)
		await sql`
			with made as (
				insert into subscribers (local_part, domain, comparable_address, address_hash)
				select 'n' || n, 'large.example', 'n' || n || '@large.example', 'hash ' || n from generate_series(1, 10100) n
				returning id
			)
			insert into subscriptions (newsletter_id, subscriber_id, locale, state, source)
			select ${large.id}, id, 'en', 'active', 'page' from made`.execute(app.db)
		const oldest = await makeReader(app, large.id, { address: 'oldest@f.example', source: 'api' })
		await app.db
			.updateTable('subscriptions')
			.set({ created_at: new Date('2020-01-01T00:00:00Z') })
			.where('id', '=', oldest)
			.execute()
		const first = await owner.get(pathOf('?source=api', large)).expect(200)
		expect(namesIn(first.text)).toEqual([])
		expect(first.text).toContain('There may be more among those who came earlier')
		expect(first.text).not.toContain('No reader of')
		const [, path = ''] = /href="([^"]+after=[^"]+)#find"/.exec(first.text) ?? []
		const second = await owner.get(path.replaceAll('&amp;', '&')).expect(200)
		expect(namesIn(second.text)).toEqual(['oldest'])
	})
})

describe('the table of readers', () => {
	const csvOf = (query: string) => `/console/newsletters/${news.slug}/readers.csv${query}`

	it('has all that the filters ask for, no formula, and stands in the audit log', async () => {
		await add('=cmd()', '2026-10-05T12:00:00Z', { source: 'form' })
		const table = await owner.get(csvOf('?source=form')).expect(200)
		expect(table.headers['content-type']).toContain('text/csv')
		expect(table.headers['content-disposition']).toContain(`${news.slug}-readers.csv`)
		expect(table.text.split('\r\n')).toEqual([
			'"address","language","state","topics","left_out","rhythm","since","source","site"',
			`"'=cmd()@f.example","en","active","all","","each","2026-10-05T12:00:00.000Z","form",""`,
			'"l-partner@f.example","en","active","all","","each","2026-10-01T03:30:00.000Z","form","partner.example"',
			'',
		])
		const acts = await app.db
			.selectFrom('audit_entries')
			.select(['action', 'detail'])
			.where('subject', '=', 'subscribers')
			.where('action', '=', 'export')
			.execute()
		expect(acts.at(-1)).toEqual({ action: 'export', detail: 'source form' })
		const whole = await owner.get(csvOf('')).expect(200)
		expect(whole.text.trim().split('\r\n')).toHaveLength(14)
		expect(whole.text).toMatch(/"d-not-water@f\.example","en","active","all","water","each"/)
		expect(whole.text).not.toContain('elsewhere')
	})

	it('is for who may see addresses of this newsletter', async () => {
		await (await signInAs(app, 'editor')).get(csvOf('')).expect(403)
		await (await signInAs(app, 'approver', { newsletters: [others.slug] })).get(csvOf('')).expect(404)
	})
})

it('Whatever can be filtered by has its words', () => {
	const keys = [
		...standings.map((each) => `filter.state.${each}`),
		...subscriptionSources.map((each) => `readers.origin.${each}`),
	]
	expect(keys.filter((key) => !app.messages.has(`console.${key}`))).toEqual([])
})
