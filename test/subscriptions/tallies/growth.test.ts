import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashAddress, signToken } from '../../../src/kernel/keys.ts'
import { getNewsletter } from '../../../src/newsletters/index.ts'
import { checkTallies, readGrowth, subscribe, tidyTallies } from '../../../src/subscriptions/index.ts'
import { suppress } from '../../../src/suppressions/index.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { signUp, subscribeFully, subscriptionOf } from '../people.ts'

let app: TestApp
let staff: StaffCalls
let slug: string
let newsletterId: number
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
})
afterAll(() => app?.close())
beforeEach(async () => {
	const made = await makeNewsletter(app, { sites: ['https://www.hands.example/en'] })
	slug = made.slug
	newsletterId = made.id
})

const post = (email: string, fields: object = {}, headers: Record<string, string> = {}) =>
	app.request
		.post(`/newsletters/${slug}/subscriptions`)
		.set(headers)
		.type('form')
		.send({ email, locale: 'en', ...fields })
		.expect(200)

async function cameBy(email: string) {
	const { source, source_host } = await subscriptionOf(app, email, slug)
	return [source, source_host]
}

describe('how a subscription came', () => {
	it('is a page of ours, which says when it was shown', async () => {
		const { text } = await app.request.get(`/newsletters/${slug}/en`)
		const started = /name="started" value="([^"]+)"/.exec(text)?.[1]
		await post('page@source.example', { started }, { origin: 'null' })
		expect(await cameBy('page@source.example')).toEqual(['page', null])
	})

	it('is a form, with the host of its site where the browser says it', async () => {
		await post('form@source.example', {}, { origin: 'https://www.blog.example:8443' })
		expect(await cameBy('form@source.example')).toEqual(['form', 'blog.example'])
		await post(
			'referer@source.example',
			{},
			{ origin: 'null', referer: 'https://blog.example/post/1?who=me' },
		)
		expect(await cameBy('referer@source.example')).toEqual(['form', 'blog.example'])
		await post(
			'other@source.example',
			{ return: 'https://www.hands.example/en' },
			{ origin: 'https://blog.example' },
		)
		expect(await cameBy('other@source.example')).toEqual(['form', 'blog.example'])
		for (const [index, origin] of ['null', 'nonsense', 'file://x', 'https://intranet'].entries()) {
			await post(`silent${index}@source.example`, {}, { origin })
			expect(await cameBy(`silent${index}@source.example`)).toEqual(['form', null])
		}
	})

	it('is the form where our page only finished what it began', async () => {
		const answer = await app.request
			.post(`/newsletters/${slug}/subscriptions`)
			.set({ referer: 'https://www.hands.example/en/news' })
			.type('form')
			.send({ email: 'nobody', locale: 'en' })
			.expect(422)
		const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(answer.text)?.[1]
		await post('mended@source.example', { started: field('started'), return: field('return') })
		expect(await cameBy('mended@source.example')).toEqual(['form', 'hands.example'])
	})

	it('is a program, and stays what it was when somebody signs up again', async () => {
		await signUp(app, 'program@source.example', { newsletter: slug })
		await post('program@source.example', {}, { origin: 'https://blog.example' })
		expect(await cameBy('program@source.example')).toEqual(['api', null])
		const { body } = await staff.call('post', '/readers/find', {
			address: 'program@source.example',
			exact: true,
		})
		const reader = await staff.call('get', `/readers/${body.items[0].id}`)
		expect(reader.body.subscriptions).toMatchObject([{ source: 'api', sourceHost: null }])
	})

	it('names fifty sites of others at most, and always the newsletter’s own', async () => {
		const newsletter = await getNewsletter(app, { slug })
		const from = (host: string, isOwn = false) =>
			subscribe(app, {
				newsletter,
				email: `${host}@many.example`,
				locale: 'en',
				page: 'form',
				came: { source: 'form', site: { host, isOwn } },
				ip: '192.0.2.1',
			})
		await Promise.all(Array.from({ length: 12 }, () => from('same.example')))
		for (let index = 1; index < 50; index++) await from(`site${index}.example`)
		await from('late.example')
		await from('site7.example')
		await from('own.example', true)
		expect(await cameBy('same.example@many.example')).toEqual(['form', 'same.example'])
		expect(await cameBy('site49.example@many.example')).toEqual(['form', 'site49.example'])
		expect(await cameBy('late.example@many.example')).toEqual(['form', 'other'])
		expect(await cameBy('own.example@many.example')).toEqual(['form', 'own.example'])
	})
})

describe('the growth of a newsletter', () => {
	const happened = (day: string, kind: string, count: number, source = 'page', host: string | null = null) =>
		sql`insert into subscriber_days (newsletter_id, day, locale, kind, source, source_host, count)
			values (${newsletterId}, ${day}::date, 'fr', ${kind}, ${source}, ${host}, ${count})`.execute(app.db)

	it('is told by day, week or month, language and source', async () => {
		await happened('2026-02-28', 'joined', 3)
		await happened('2026-03-01', 'joined', 5)
		await happened('2026-03-01', 'confirmed', 4)
		await happened('2026-03-02', 'confirmed', 1)
		await happened('2026-03-02', 'left_one_click', 2)
		await happened('2026-03-31', 'left_mail', 1)
		await happened('2026-03-31', 'joined', 7, 'form', 'blog.example')
		await happened('2026-04-01', 'joined', 9)
		const wish = { newsletterId, from: '2026-02-28', to: '2026-03-31' }
		const nothing = { page: 0, oneClick: 0, mail: 0, complaint: 0, staff: 0 }
		const row = (period: string, more: object) => ({
			period,
			locale: 'fr',
			source: 'page',
			sourceHost: null,
			joined: 0,
			confirmed: 0,
			cameBack: 0,
			bounced: 0,
			left: nothing,
			...more,
		})
		for (const tidy of [false, true]) {
			if (tidy) await tidyTallies(app)
			expect(await readGrowth(app, { ...wish, by: 'month' })).toEqual([
				row('2026-02-01', { joined: 3 }),
				row('2026-03-01', { source: 'form', sourceHost: 'blog.example', joined: 7 }),
				row('2026-03-01', { joined: 5, confirmed: 5, left: { ...nothing, oneClick: 2, mail: 1 } }),
			])
			// the second of March is a Monday
			expect(await readGrowth(app, { ...wish, to: '2026-03-30', by: 'week' })).toEqual([
				row('2026-02-23', { joined: 8, confirmed: 4 }),
				row('2026-03-02', { confirmed: 1, left: { ...nothing, oneClick: 2 } }),
			])
			expect(await readGrowth(app, { ...wish, from: '2026-03-01', to: '2026-03-01', by: 'day' })).toEqual([
				row('2026-03-01', { joined: 5, confirmed: 4 }),
			])
		}
	})

	it('is what people did, and the last thirty days where nothing is said', async () => {
		await subscribeFully(app, 'grown@growth.example', { newsletter: slug, locale: 'fr' })
		const { id } = await subscriptionOf(app, 'grown@growth.example', slug)
		const addressHash = hashAddress(app.keys, 'grown@growth.example')
		await suppress(app.db, { addressHash, reason: 'dead_address', evidence: null, at: app.clock.now() })
		await app.request.post(`/unsubscribe/${signToken(app.keys, 'unsubscribe', [id, 0])}`).expect(200)
		await app.request.post(`/unsubscribe/${signToken(app.keys, 'unsubscribe', [id, 0])}/undo`).expect(200)
		await happened('2020-01-01', 'joined', 1)
		const { body } = await staff.call('get', `/newsletters/${slug}/subscriptions/growth`)
		const today = app.clock.now().toISOString().slice(0, 10)
		expect(body.items).toEqual([
			{
				period: today,
				locale: 'fr',
				source: 'api',
				sourceHost: null,
				joined: 1,
				confirmed: 1,
				cameBack: 1,
				bounced: 1,
				left: { page: 0, oneClick: 1, mail: 0, complaint: 0, staff: 0 },
			},
		])
	})

	it('is refused for days the wrong way round, too many, or none at all', async () => {
		const ask = (query: string) => staff.call('get', `/newsletters/${slug}/subscriptions/growth?${query}`)
		for (const query of [
			'from=2026-03-02&to=2026-03-01',
			'from=2024-01-01&to=2026-01-01',
			'by=month&from=2001-01-01&to=2026-01-01',
			'from=0000-01-01&to=0000-01-02',
			'to=0000-01-02',
			'from=2026-02-30',
			'by=year',
		]) {
			const answer = await ask(query)
			expect([query, answer.status]).toEqual([query, 422])
		}
		expect((await ask('by=week&from=2024-01-01&to=2026-01-01')).status).toBe(200)
	})
})

describe('the check of the tallies', () => {
	it('finds a source that was counted wrong', async () => {
		await makeReader(app, newsletterId, { address: 'check@growth.example', source: 'form' })
		const miscount = (from: string, to: string) =>
			sql`update subscription_tallies set source = ${to}
				where newsletter_id = ${newsletterId} and source = ${from}`.execute(app.db)
		await miscount('form', 'api')
		expect(await checkTallies(app)).toMatchObject([
			{ newsletter: slug, source: 'api', tallied: 1, counted: 0 },
			{ newsletter: slug, source: 'form', tallied: 0, counted: 1 },
		])
		await miscount('api', 'form')
		expect(await checkTallies(app)).toEqual([])
	})
})
