import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
	bounceEventKinds,
	consentActions,
	deliveryStates,
	finalNoticeStates,
	noticeKinds,
	rhythms,
	subscriptionSources,
	subscriptionStates,
	suppressionReasons,
} from '../../../src/kernel/enumerations.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import type { Newsletter } from '../../../src/newsletters/index.ts'
import { suppress } from '../../../src/suppressions/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let news: Newsletter
let others: Newsletter
let approver: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	news = await makeNewsletter(app, { texts: { en: { name: 'Hands Across' } } })
	others = await makeNewsletter(app)
	approver = await signInAs(app, 'approver', { name: 'Amina Diallo', newsletters: [news.slug] })
})
afterAll(() => app?.close())

const pathOf = (newsletter: Newsletter, rest = '') => `/console/newsletters/${newsletter.slug}/readers${rest}`

async function personOf(subscriptionId: number): Promise<number> {
	const { subscriber_id } = await app.db
		.selectFrom('subscriptions')
		.select('subscriber_id')
		.where('id', '=', subscriptionId)
		.executeTakeFirstOrThrow()
	return subscriber_id
}

const addReader = async (newsletter: Newsletter, address: string) =>
	personOf(await makeReader(app, newsletter.id, { address }))

const actsOn = async (subject: string) =>
	(await app.db.selectFrom('audit_entries').select('action').where('subject', '=', subject).execute()).map(
		({ action }) => action,
	)

describe('the page of readers', () => {
	it('leads to the form where nobody reads yet', async () => {
		const page = await approver.get(pathOf(news)).expect(200)
		expect(page.text).toContain('Nobody reads Hands Across yet')
		expect(page.text).toContain(`href="/newsletters/${news.slug}/en"`)
	})

	it('shows what people wrote when they left, as text, and nobody’s address', async () => {
		const left = await makeNewsletter(app)
		const owner = await signInAs(app, 'owner')
		const at = app.clock.now()
		for (const [index, comment] of ['Too long, <b>far</b> too long', null, 'Merci, et au revoir'].entries()) {
			const id = await makeReader(app, left.id, { address: `wrote${index}@x.example`, state: 'unsubscribed' })
			const unsubscribed_at = new Date(at.getTime() + index * 1_000)
			const set = { unsubscribed_at, unsubscribe_reason: 'too_many', unsubscribe_comment: comment }
			await app.db.updateTable('subscriptions').set(set).where('id', '=', id).execute()
		}
		const { text } = await owner.get(pathOf(left)).expect(200)
		expect(text).toMatch(
			/What people wrote when they left.*Merci, et au revoir.*Too many messages.*Too long, &lt;b&gt;far/s,
		)
		expect(text).not.toContain('wrote0@')
		expect((await owner.get(pathOf(news)).expect(200)).text).not.toContain('What people wrote')
	})

	it('counts who is active by language, who came within 90 days, by which way, and who left', async () => {
		const counted = await makeNewsletter(app)
		const owner = await signInAs(app, 'owner')
		for (const [index, source] of (['page', 'page', 'api'] as const).entries()) {
			const address = `counted${index}@x.example`
			const id = await makeReader(app, counted.id, {
				address,
				source,
				state: 'pending',
				locale: index ? 'fr' : 'en',
			})
			await app.db.updateTable('subscriptions').set({ state: 'active' }).where('id', '=', id).execute()
		}
		await makeReader(app, counted.id, { address: 'waits@x.example', state: 'pending' })
		const { text } = await owner.get(pathOf(counted)).expect(200)
		expect(text).toContain('<strong class="figure">3</strong>')
		expect(text).toMatch(/<strong>French<\/strong> 2.*<strong>English<\/strong> 1/s)
		expect(text).toMatch(/Envoi’s own page.*<td>2<\/td>.*A program.*<td>1<\/td>.*Joined.*<td>3<\/td>/s)
		expect(text).toContain('One person has not confirmed yet. They are reminded once, after 3 days')
		// a year ago there was nobody; this month there are three
		expect(text.match(/<td>3<\/td><\/tr>/g)).not.toBeNull()
	})

	it('finds by an address or its beginning, this newsletter’s readers only, and says whose it shows', async () => {
		const id = await addReader(news, 'Mariam.Ndiaye@courriel.example')
		await addReader(news, 'mario@courriel.example')
		await addReader(others, 'mariam.elsewhere@courriel.example')
		const found = await approver.get(pathOf(news, '?address=MARIAM')).expect(200)
		expect(found.text).toContain(`readers/${id}">Mariam.Ndiaye@courriel.example</a>`)
		expect(found.text).not.toContain('mario@')
		expect(found.text).not.toContain('elsewhere')
		const exact = await approver.get(pathOf(news, '?address=mario%40courriel.example')).expect(200)
		expect(exact.text).toContain('mario@courriel.example</a>')
		expect(exact.text).not.toContain('Mariam')
		expect(await actsOn('subscribers')).toEqual(['find', 'find'])
	})

	it.each(['ma', '%', '___', 'zzz'])('shows nobody for %s, and says why', async (address) => {
		const page = await approver.get(pathOf(news, `?address=${encodeURIComponent(address)}`))
		expect(page.status).toBe(address.length < 3 ? 422 : 200)
		expect(page.text).toContain(
			address.length < 3
				? 'Give at least 3 characters of the address.'
				: 'No reader of Hands Across has this address',
		)
		expect(page.text).not.toContain('</a></th>')
	})

	it('says that there are more than fifty', async () => {
		for (let index = 0; index < 51; index++) await addReader(news, `many${index}@x.example`)
		const page = await approver.get(pathOf(news, '?address=many')).expect(200)
		expect(page.text.match(/<\/a><\/th>/g)).toHaveLength(50)
		expect(page.text).toContain('There are more than 50. Write more of the address.')
	})

	it('takes nothing in an address for markup', async () => {
		const id = await addReader(news, `o'hara&"<b>co@x.example`)
		const search = await approver.get(pathOf(news, `?address=${encodeURIComponent('o\'hara&"<b>')}`))
		const page = await approver.get(pathOf(news, `/${id}`)).expect(200)
		for (const { text } of [search, page]) {
			expect(text).toContain('o&#39;hara&amp;&quot;&lt;b&gt;co@x.example')
			expect(text).not.toContain('<b>')
		}
	})
})

describe('one reader', () => {
	it('is there for members who see a newsletter that the person has, and for nobody else', async () => {
		const id = await addReader(others, 'someone@else.example')
		await approver.get(pathOf(others, `/${id}`)).expect(404)
		const asOwn = await approver.get(pathOf(news, `/${id}`)).expect(404)
		expect(asOwn.text).not.toContain('someone@else.example')
		for (const rest of ['unsubscribe', 'erase']) {
			await approver.post(pathOf(others, `/${id}/${rest}`)).expect(404)
			await approver.post(pathOf(news, `/${id}/${rest}`)).expect(404)
		}
		await approver.get(pathOf(news, `/${id}/data.json`)).expect(404)
		expect(await actsOn(`subscriber:${id}`)).toEqual([])
	})

	it('who has another newsletter too shows nothing of it, and is handed over and erased by who sees all', async () => {
		const id = await addReader(news, 'both@x.example')
		await addReader(others, 'both@x.example')
		const page = await approver.get(pathOf(news, `/${id}`)).expect(200)
		expect(page.text).toContain('This person reads newsletters that you don’t see too.')
		expect(page.text).not.toContain(others.slug)
		await approver.get(pathOf(news, `/${id}/data.json`)).expect(403)
		await approver.post(pathOf(news, `/${id}/erase`)).expect(403)
		const owner = await signInAs(app, 'owner')
		const data = await owner.get(pathOf(news, `/${id}/data.json`)).expect(200)
		expect(data.body.subscriptions).toHaveLength(2)
		expect(data.headers['content-disposition']).toContain('attachment')
	})

	it('tells why an address is not mailed, and what relays said', async () => {
		const subscriptionId = await makeReader(app, news.id, { address: 'dead@x.example' })
		const id = await personOf(subscriptionId)
		const addressHash = hashAddress(app.keys, 'dead@x.example')
		await suppress(app.db, { addressHash, reason: 'dead_address', evidence: null, at: app.clock.now() })
		await app.db
			.insertInto('notices')
			.values({
				subscription_id: subscriptionId,
				kind: 'welcome',
				state: 'refused',
				reply: '550 <No> such user',
				due_at: app.clock.now(),
				locale: 'en',
			})
			.execute()
		const page = await approver.get(pathOf(news, `/${id}`)).expect(200)
		expect(page.text).toContain('No longer mailed: Address is dead')
		expect(page.text).toContain('Welcome: refused')
		expect(page.text).toContain('<code>550 &lt;No&gt; such user</code>')
		const search = await approver.get(pathOf(news, '?address=dead')).expect(200)
		expect(search.text).toMatch(/icon-out.*Address is dead/s)
	})

	it('is unsubscribed, with a receipt and a line in the audit', async () => {
		const id = await addReader(news, 'leaves@x.example')
		const done = await approver.post(pathOf(news, `/${id}/unsubscribe`)).expect(303)
		const page = await approver.get(done.headers.location ?? '').expect(200)
		expect(page.text).toContain('Unsubscribed. It stands in the history')
		expect(page.text).toMatch(/<p>Left<\/p>\s*<p class="hint">by staff \(Amina Diallo\)<\/p>/)
		expect(page.text).not.toContain('/unsubscribe"')
		const receipts = await app.db.selectFrom('consent_receipts').select(['action', 'page']).execute()
		expect(receipts).toEqual([
			{ action: 'unsubscribed', page: expect.stringMatching(/^staff \(member:\d+\)$/) },
		])
		expect(await actsOn(`subscriber:${id}`)).toEqual(['unsubscribe', 'show'])
	})

	it('is erased, and is not there any more', async () => {
		const id = await addReader(news, 'forget.me@x.example')
		const done = await approver.post(pathOf(news, `/${id}/erase`)).expect(303)
		expect((await approver.get(done.headers.location ?? '').expect(200)).text).toContain(
			'The reader is erased.',
		)
		const gone = await approver.get(pathOf(news, `/${id}`)).expect(404)
		expect(gone.text).toContain('The person may have been erased.')
		expect(await actsOn(`subscriber:${id}`)).toEqual(['erase'])
	})
})

it('Whatever can happen to a reader has its words', () => {
	const keys = [
		...consentActions.map((each) => `history.consent.${each}`),
		...noticeKinds.map((each) => `history.mail.${each}`),
		...['due', 'sending', ...finalNoticeStates, ...deliveryStates].map((each) => `history.state.${each}`),
		...bounceEventKinds.map((each) => `history.report.${each}`),
		...suppressionReasons.map((each) => `standing.out_${each}`),
		...subscriptionStates.map((each) => `standing.${each}`),
		...subscriptionSources.map((each) => `readers.origin.${each}`),
		...rhythms.map((each) => `reader.rhythm_${each}`),
	]
	expect(keys.filter((key) => !app.messages.has(`console.${key}`))).toEqual([])
})

it('A throw-away mailbox is marked so in the list and on its page, in both languages', async () => {
	const newsletter = await makeNewsletter(app)
	await makeReader(app, newsletter.id, { address: 'quick@mailinator.com' })
	await makeReader(app, newsletter.id, { address: 'usual@charity.example' })
	const owner = await signInAs(app, 'owner')
	const list = await owner.get(pathOf(newsletter, '?state=active')).expect(200)
	expect(list.text.match(/>throw-away mailbox</g)).toHaveLength(1)
	expect(list.text).toMatch(/quick@mailinator\.com<\/a> <span class="tag">/)
	await owner.post('/console/account/language', { locale: 'fr' }).expect(303)
	const [, path] = /href="([^"]+)">quick@/.exec(list.text) ?? []
	const page = await owner.get(path ?? '').expect(200)
	expect(page.text).toContain('boîte jetable')
	expect(page.text).toContain('Envoi ne refuse personne pour cela')
	const [, other] = /href="([^"]+)">usual@/.exec(list.text) ?? []
	expect((await owner.get(other ?? '').expect(200)).text).not.toContain('boîte jetable')
})

describe('the audit log', () => {
	it('tells owners who did what by their names, those of who was removed too, a page at a time', async () => {
		const owner = await signInAs(app, 'owner', { name: 'Rosa Quispe' })
		const [member] = await app.db
			.selectFrom('staff_members')
			.select('id')
			.where('name', '=', 'Amina Diallo')
			.execute()
		const who = `who=member%3A${member?.id}`
		await owner.post(`/console/people/${member?.id}/remove`).expect(303)
		const page = await owner.get(`/console/audit?${who}&subject=subscriber`).expect(200)
		expect(page.text).toMatch(/<th scope="row">Amina Diallo<\/th><td>erased<\/td>/)
		expect(page.text).not.toMatch(/<th scope="row">Rosa Quispe/)
		expect(page.text).not.toContain('@x.example')
		const removed = await owner.get('/console/audit?subject=member%3A').expect(200)
		expect(removed.text).toMatch(/Rosa Quispe<\/th><td>removed<\/td><td><a [^>]*>Amina Diallo<\/a>/)
		await app.db
			.insertInto('audit_entries')
			.values(
				Array.from({ length: 105 }, (_, at) => ({ actor: 'schedule', action: 'x', subject: `y:${at}` })),
			)
			.execute()
		const first = await owner.get('/console/audit?who=schedule&subject=y').expect(200)
		expect(first.text.match(/>The schedule<\/th>/g)).toHaveLength(100)
		const onward = /href="([^"]+before=[^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
		const second = await owner.get(onward).expect(200)
		expect(second.text.match(/>The schedule<\/th>/g)).toHaveLength(5)
	})

	it('shows nothing where a filter can’t be understood, or finds nothing', async () => {
		const owner = await signInAs(app, 'owner')
		for (const query of ['who=nobody', 'who=member:', 'before=x'])
			await owner.get(`/console/audit?${query}`).expect(422)
		const page = await owner.get('/console/audit?subject=%25').expect(200)
		expect(page.text).toContain('Nothing stands in the log')
	})
})
