import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Newsletter } from '../../../src/newsletters/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeTopic } from '../../support/make-choices.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let news: Newsletter
let others: Newsletter
let approver: ConsoleBrowser
let made = 0
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	news = await makeNewsletter(app, { roundUp: { cron: '0 7 1 * *', timeZone: 'UTC' } })
	others = await makeNewsletter(app)
	for (const slug of ['water', 'health']) await makeTopic(app, news.id, slug)
	approver = await signInAs(app, 'approver', { name: 'Amina Diallo', newsletters: [news.slug] })
})
afterAll(() => app?.close())

async function add(
	address: string,
	newsletter = news,
	state: 'active' | 'pending' = 'active',
): Promise<number> {
	const id = await makeReader(app, newsletter.id, { address, state })
	const row = app.db.selectFrom('subscriptions').select('subscriber_id').where('id', '=', id)
	return (await row.executeTakeFirstOrThrow()).subscriber_id
}

const pathOf = (id: number, rest = '/choices', newsletter = news) =>
	`/console/newsletters/${newsletter.slug}/readers/${id}${rest}`

const same = { locale: 'en', topics: ['water', 'health'], newTopics: 'yes', rhythm: 'each', givenName: '' }

const receiptsOf = (id: number) =>
	app.db
		.selectFrom('consent_receipts as r')
		.innerJoin('subscriptions as s', 's.id', 'r.subscription_id')
		.select(['action', 'page', 'choices'])
		.where('s.subscriber_id', '=', id)
		.orderBy('r.id')
		.execute()

const actsOn = async (id: number) =>
	(
		await app.db
			.selectFrom('audit_entries')
			.select('action')
			.where('subject', '=', `subscriber:${id}`)
			.execute()
	).map(({ action }) => action)

describe('a reader’s choices', () => {
	it('are changed by staff, with a receipt that says who, a line in the audit, and in the history', async () => {
		const id = await add('mariam@x.example')
		const page = await approver.get(pathOf(id)).expect(200)
		expect(page.text).toMatch(/value="en" id="locale-en" checked.*value="water" id="topic-water" checked/s)
		const wish = { locale: 'fr', topics: ['water'], rhythm: 'round_up', givenName: ' Mariam ' }
		const done = await approver.post(pathOf(id), wish).expect(303)
		const reader = await approver.get(done.headers.location ?? '').expect(200)
		expect(reader.text).toContain('The choices are changed, with a receipt.')
		expect(reader.text).toMatch(/Mariam<\/dd>.*French<\/dd>.*water<\/dd>.*The round-up<\/dd>/s)
		expect(reader.text).toMatch(/Changed the choices<\/p>\s*<p class="hint">by staff \(Amina Diallo\)/)
		const receipts = await receiptsOf(id)
		expect(receipts.map(({ action }) => action)).toEqual(['chosen', 'named'])
		expect(receipts[0]?.page).toMatch(/^staff \(member:\d+\)$/)
		expect(receipts[0]?.choices).toMatchObject({ locale: 'fr', topics: ['water'], rhythm: 'round_up' })
		expect(JSON.stringify(receipts)).not.toContain('Mariam')
		expect((await actsOn(id)).filter((action) => action === 'change')).toHaveLength(1)
		const again = await approver.get(pathOf(id)).expect(200)
		expect(again.text).toMatch(/value="fr" id="locale-fr" checked/)
		expect(again.text).not.toMatch(/id="topic-health" checked/)
	})

	it('that are as they were leave no receipt', async () => {
		const id = await add('same@x.example')
		await approver
			.post(pathOf(id), same)
			.expect(303)
			.expect('location', /changed=no$/)
		expect(await receiptsOf(id)).toEqual([])
		expect(await actsOn(id)).toEqual([])
	})

	it.each([
		[{ ...same, locale: 'de' }, 'locale'],
		[{ ...same, topics: [], newTopics: '' }, 'topics'],
		[{ ...same, topics: ['nonsense'] }, 'topics'],
		[{ ...same, rhythm: 'daily' }, 'rhythm'],
		[{ ...same, givenName: '<b>https://x.example</b>' }, 'givenName'],
	])('come back as they were typed where something can’t be: %o', async (fields, wrong) => {
		const id = await add(`refused-${made++}@x.example`)
		const refused = await approver.post(pathOf(id), fields)
		expect(refused.status).toBe(422)
		expect(refused.text).toContain(`href="#${wrong}"`)
		expect(refused.text).not.toContain('<b>')
		expect(await receiptsOf(id)).toEqual([])
	})

	it('are for who may change readers of this newsletter, and of who gets it', async () => {
		const id = await add('elsewhere@x.example', others)
		await approver.get(pathOf(id)).expect(404)
		await approver.post(pathOf(id, '/choices', others), same).expect(404)
		const pending = await add('pending@x.example', news, 'pending')
		await approver.get(pathOf(pending)).expect(404)
		await approver.post(pathOf(pending), same).expect(404)
		expect((await approver.get(pathOf(pending, '')).expect(200)).text).not.toContain('/choices"')
		await (await signInAs(app, 'editor')).get(pathOf(id)).expect(403)
	})

	it('hold no name where the person reads newsletters that the member doesn’t see', async () => {
		const id = await add('both@x.example')
		await add('both@x.example', others)
		expect((await approver.get(pathOf(id)).expect(200)).text).not.toContain('name="givenName"')
		await approver
			.post(pathOf(id), { ...same, givenName: 'Eve' })
			.expect(303)
			.expect('location', /changed=no$/)
	})
})
