import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { addTopic } from '../../../src/newsletters/index.ts'
import { preferencesUrl, pruneUnconfirmed, unsubscribeUrl } from '../../../src/subscriptions/index.ts'
import { findSuppression, suppress } from '../../../src/suppressions/index.ts'
import {
	mailsTo,
	receiptsOf,
	requestPath,
	stateOf,
	subscribeFully,
	subscriptionOf,
	tally,
} from '../../subscriptions/people.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { expectPrivate } from './expect-private.ts'

let app: TestApp
let latest = 0

beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
	await makeNewsletter(app, { slug: 'other' })
	await addTopic(app, 'news', { slug: 'water', texts: { en: { name: 'Water' } } }, operator)
	await addTopic(app, 'news', { slug: 'health', texts: { en: { name: 'Health' } } }, operator)
})
afterAll(() => app.close())

const post = (path: string, form: object = {}) => app.request.post(path).type('form').send(form)

async function makeReader({ newsletter = 'news', locale = 'en' } = {}) {
	const email = `asker${++latest}@example.org`
	await subscribeFully(app, email, { newsletter, locale })
	const { id } = await subscriptionOf(app, email, newsletter)
	const path = new URL(preferencesUrl(app, { subscriptionId: id, digestId: 0 })).pathname
	return { email, id, path }
}

async function changeAddress(path: string, to: string): Promise<string> {
	await post(`${path}/address`, { email: to }).expect(200)
	return requestPath(app, to)
}

const addressOf = async (id: number) =>
	(
		await app.db
			.selectFrom('subscriptions')
			.innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
			.select('comparable_address as address')
			.where('subscriptions.id', '=', id)
			.executeTakeFirstOrThrow()
	).address

describe('a change of address', () => {
	it('is confirmed from the new one, told to the old one, and taken back from there', async () => {
		const { email, id, path } = await makeReader({ locale: 'fr' })
		const asked = await post(`${path}/address`, { email: 'New.Address@example.net' }).expect(200)
		expect(asked.text).toContain('New.Address@example.net')
		const link = await requestPath(app, 'New.Address@example.net')
		const before = await tally(app)
		const page = await app.request.get(link).expect(200)
		expect(page.text).toContain('Utiliser cette adresse')
		expectPrivate(page.headers)
		await app.request.head(link).expect(200)
		expect(await tally(app)).toEqual(before)
		expect(await addressOf(id)).toBe(email)

		expect((await post(link).expect(200)).text).toContain('Votre nouvelle adresse est en service')
		expect(await addressOf(id)).toBe('new.address@example.net')
		expect((await receiptsOf(app, id)).at(-1)).toMatchObject({ action: 'moved', page: 'change of address' })
		expect((await post(link).expect(200)).text).toContain('est en service')

		const undo = await requestPath(app, email)
		expect((await app.request.get(undo).expect(200)).text).toContain('Revenir en arrière')
		expect(await addressOf(id)).toBe('new.address@example.net')
		expect((await post(undo).expect(200)).text).toContain('Tout est comme avant')
		expect(await addressOf(id)).toBe(email)
		expect((await post(undo).expect(200)).text).toContain('Tout est comme avant')
		expect((await app.request.get(link).expect(200)).text).toContain('Le changement a été annulé')
	})

	it('takes choices and the links of old mails along', async () => {
		const { id, path } = await makeReader()
		await post(path, { offered: ['water', 'health'], topics: 'water' }).expect(200)
		await post(await changeAddress(path, 'chooser@moved.example')).expect(200)
		expect((await app.request.get(path).expect(200)).text).toContain('c•••@moved.example')
		expect(await subscriptionOf(app, 'chooser@moved.example')).toMatchObject({ id, choices_version: 1 })
		await app.request.post(new URL(unsubscribeUrl(app, { subscriptionId: id, digestId: 0 })).pathname)
		expect(await stateOf(app, 'chooser@moved.example')).toBe('unsubscribed')
	})

	it('to an address that is subscribed adds nothing to it: what it has stays, what it had left moves in', async () => {
		const { email, path, id } = await makeReader()
		await subscribeFully(app, email, { newsletter: 'other' })
		const otherId = (await subscriptionOf(app, email, 'other')).id
		const target = 'target@merged.example'
		await subscribeFully(app, target)
		const targetNews = await subscriptionOf(app, target)
		const targetPath = new URL(preferencesUrl(app, { subscriptionId: targetNews.id, digestId: 0 })).pathname
		await post(targetPath, { offered: ['water', 'health'], topics: 'health' }).expect(200)
		await subscribeFully(app, target, { newsletter: 'other' })
		const targetOther = await subscriptionOf(app, target, 'other')
		await app.request.post(
			new URL(unsubscribeUrl(app, { subscriptionId: targetOther.id, digestId: 0 })).pathname,
		)

		await post(await changeAddress(path, target)).expect(200)
		expect(await subscriptionOf(app, target)).toMatchObject({
			id: targetNews.id,
			state: 'active',
			choices_version: 1,
		})
		expect(await subscriptionOf(app, target, 'other')).toMatchObject({ id: otherId, state: 'active' })
		expect(await stateOf(app, email)).toBe('unsubscribed')
		expect(await subscriptionOf(app, email, 'other')).toMatchObject({
			id: targetOther.id,
			state: 'unsubscribed',
		})

		await post(await requestPath(app, email)).expect(200)
		expect(await subscriptionOf(app, email)).toMatchObject({ id, state: 'active' })
		expect(await subscriptionOf(app, email, 'other')).toMatchObject({ id: otherId, state: 'active' })
		expect(await subscriptionOf(app, target, 'other')).toMatchObject({
			id: targetOther.id,
			state: 'unsubscribed',
		})
	})

	it('is answered alike for whatever address, and mails none that asked never to be mailed', async () => {
		const { path } = await makeReader()
		const barred = 'complained@example.net'
		const addressHash = hashAddress(app.keys, barred)
		await suppress(app.db, { addressHash, reason: 'complaint', evidence: null, at: app.clock.now() })
		const masked = (text: string) => text.replaceAll(/[\w.]+@example\.net/g, 'x@example.net')
		const free = await post(`${path}/address`, { email: 'free@example.net' }).expect(200)
		const same = await post(`${path}/address`, { email: barred }).expect(200)
		expect(masked(same.text)).toBe(masked(free.text))
		await app.drain()
		expect(await mailsTo(app, barred)).toEqual([])
	})

	it('ends a suppression that came from a mailbox thought dead', async () => {
		const { path } = await makeReader()
		const dead = 'came.back@example.net'
		const addressHash = hashAddress(app.keys, dead)
		await suppress(app.db, { addressHash, reason: 'dead_address', evidence: null, at: app.clock.now() })
		await post(await changeAddress(path, dead)).expect(200)
		expect(await findSuppression(app.db, addressHash)).toBeUndefined()
	})

	it('is refused for what is no address, or the one that is there already, and the page is kept', async () => {
		const { email, path } = await makeReader({ locale: 'fr' })
		const typed = await post(`${path}/address`, { email: 'no.at.example' }).expect(422)
		expect(typed.text).toContain('Le signe @ manque')
		expect(typed.text).toContain('value="no.at.example"')
		expect((await post(`${path}/address`, { email: email.toUpperCase() }).expect(422)).text).toContain(
			'C’est déjà votre adresse',
		)
		await post(`${path.slice(0, -1)}x/address`, { email: 'a@example.net' }).expect(404)
	})

	it('ends with its time: the link after some days, the way back after a week, and what nobody confirmed is forgotten', async () => {
		const { email, id, path } = await makeReader()
		const late = await changeAddress(path, 'late@expired.example')
		app.clock.advance({ days: 5 })
		expect((await post(late)).status).toBe(410)
		expect(await addressOf(id)).toBe(email)
		await pruneUnconfirmed(app)
		const kept = await app.db
			.selectFrom('subscribers')
			.select('id')
			.where('comparable_address', '=', 'late@expired.example')
			.execute()
		expect(kept).toEqual([])
		expect((await post(late)).status).toBe(404)

		await post(await changeAddress(path, 'in.time@example.net')).expect(200)
		const undo = await requestPath(app, email)
		app.clock.advance({ days: 8 })
		expect((await post(undo)).status).toBe(410)
		expect(await addressOf(id)).toBe('in.time@example.net')
	})
})

describe('one’s own data', () => {
	it('are shown by the link that was mailed, as a page and as JSON, while it lasts', async () => {
		const { email, path } = await makeReader({ locale: 'fr' })
		expect((await post(`${path}/data`).expect(200)).text).not.toContain(email)
		const link = await requestPath(app, email)
		const before = await tally(app)
		const page = await app.request.get(link).expect(200)
		expect(page.text).toContain(email)
		expect(page.text).toContain('confirmation')
		expectPrivate(page.headers)
		const file = await app.request.get(`${link}/data.json`).expect(200)
		expect(file.body).toMatchObject({
			address: email,
			subscriptions: [{ newsletter: 'news', state: 'active' }],
		})
		expect(file.headers['content-disposition']).toContain('my-data.json')
		expect(await tally(app)).toEqual(before)
		app.clock.advance({ days: 4 })
		await app.request.get(link).expect(410)
		await app.request.get(`${link}/data.json`).expect(410)
	})
})

describe('erasing oneself', () => {
	it('asks by mail and once more, then forgets the person, also under the address of before', async () => {
		const { email, path, id } = await makeReader()
		const now = 'new.name@erased.example'
		await post(await changeAddress(path, now)).expect(200)
		await post(`${path}/erase`).expect(200)
		const link = await requestPath(app, now)
		expect((await app.request.get(link).expect(200)).text).toContain('Erase everything?')
		expect(await stateOf(app, now)).toBe('active')
		expect((await post(link).expect(200)).text).toContain('Everything is erased')
		const known = await app.db
			.selectFrom('subscribers')
			.select('id')
			.where('comparable_address', 'in', [email, now])
			.execute()
		expect(known).toEqual([])
		expect(await findSuppression(app.db, hashAddress(app.keys, now))).toMatchObject({ reason: 'erased' })
		expect(await receiptsOf(app, id)).toEqual([])
		await post(link).expect(404)
		expect((await app.request.get(path).expect(200)).text).toContain('nothing left to choose')
	})
})

it('Three mails a day is enough for whoever presses the buttons of a forwarded mail', async () => {
	const { email, path } = await makeReader()
	const before = (await mailsTo(app, email)).length
	for (let press = 0; press < 5; press++) {
		await post(`${path}/data`).expect(200)
		await app.drain()
	}
	expect((await mailsTo(app, email)).length - before).toBeLessThanOrEqual(3)
})

it('Who presses a button many times at once gets an answer each time, whatever is being sent meanwhile', async () => {
	const { path } = await makeReader()
	for (let round = 0; round < 5; round++) {
		const presses = Array.from({ length: 6 }, (_, press) =>
			post(`${path}/${press % 2 ? 'data' : 'address'}`, { email: `many${round}.${press}@example.net` }),
		)
		const answers = await Promise.all(presses)
		expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
	}
	await app.drain()
})
