import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { addTopic } from '../../../src/newsletters/index.ts'
import { giveLeavingReason, unsubscribe, unsubscribeUrl } from '../../../src/subscriptions/index.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { receiptsOf, subscribeFully, subscriptionOf } from '../people.ts'

let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
	await makeNewsletter(app, { slug: 'news' })
	for (const slug of ['water', 'health'])
		await addTopic(app, 'news', { slug, texts: { en: { name: slug } } }, operator)
})
afterAll(() => app.close())

async function makeReader(address: string) {
	await subscribeFully(app, address)
	const subscription = await subscriptionOf(app, address)
	const change = (changes: object, newsletter = 'news') =>
		staff.call('patch', `/readers/${subscription.subscriber_id}/subscriptions/${newsletter}`, changes)
	const choices = async () =>
		(await staff.call('get', `/readers/${subscription.subscriber_id}`)).body.subscriptions[0].choices
	return { id: subscription.id, change, choices }
}

describe('what a person gets', () => {
	it('is changed by staff, with a receipt; what is not given stays', async () => {
		const { id, change, choices } = await makeReader('ada@example.org')
		expect((await change({ topics: ['water'], locale: 'fr' })).body).toEqual({ changed: true })
		expect(await choices()).toMatchObject({ allTopics: false, topics: ['water'] })
		expect((await change({ untranslated: 'include' })).body).toEqual({ changed: true })
		expect(await choices()).toMatchObject({ topics: ['water'], untranslated: 'include' })
		expect((await change({ newTopics: true })).body).toEqual({ changed: true })
		expect(await choices()).toMatchObject({ allTopics: true, leftOut: ['health'] })
		expect((await change({ newTopics: true })).body).toEqual({ changed: false })
		const until = new Date(app.clock.now().getTime() + 86_400_000).toISOString()
		await change({ pausedUntil: until })
		await change({ pausedUntil: null })
		expect((await receiptsOf(app, id)).slice(2).map(({ action, page }) => `${action} ${page}`)).toEqual([
			'chosen staff (key:1)',
			'chosen staff (key:1)',
			'chosen staff (key:1)',
			'paused staff (key:1)',
			'resumed staff (key:1)',
		])
	})

	it('is not changed to what can’t be', async () => {
		const { change, choices } = await makeReader('bob@example.org')
		const tries: Array<[object, string]> = [
			[{ topics: ['unknown'] }, 'topics'],
			[{ topics: [] }, 'topics'],
			[{ locale: 'xx' }, 'locale'],
			[{ rhythm: 'daily' }, 'rhythm'],
			[{ pausedUntil: '2001-01-01T00:00:00Z' }, 'until'],
			[{ colour: 'red' }, 'colour'],
		]
		for (const [changes, field] of tries) {
			const answer = await change(changes)
			expect([answer.status, answer.body.fields[0].field]).toEqual([422, field])
		}
		expect((await change({ locale: 'fr' }, 'other')).status).toBe(404)
		expect(await choices()).toMatchObject({ allTopics: true, leftOut: [] })
	})
})

it('Why people left is told by month and by digest, and what they wrote, without their addresses', async () => {
	app.clock.set(new Date('2026-03-05T10:00:00Z'))
	const leave = async (address: string, digestId: number, reason?: string, comment = '') => {
		const { id } = await makeReader(address)
		app.clock.advance({ hours: 1 })
		const token = unsubscribeUrl(app, { subscriptionId: id, digestId }).split('/').at(-1) ?? ''
		await unsubscribe(app, { token, page: 'one-click', ip: '192.0.2.1' })
		if (reason) await giveLeavingReason(app, { token, reason, comment })
	}
	await leave('a@left.example', 7, 'too_many', 'One a month would do.')
	await leave('b@left.example', 7, 'too_many')
	await leave('c@left.example', 12)
	app.clock.set(new Date('2026-04-05T10:00:00Z'))
	await leave('d@left.example', 0, 'other', 'I moved.')

	const told = await staff.call('get', '/newsletters/news/leaving')
	expect(told.body).toEqual({
		months: [
			{ month: '2026-04', reason: 'other', count: 1 },
			{ month: '2026-03', reason: 'too_many', count: 2 },
			{ month: '2026-03', reason: null, count: 1 },
		],
		digests: [
			{ digestId: 12, reason: null, count: 1 },
			{ digestId: 7, reason: 'too_many', count: 2 },
		],
	})
	const first = await staff.call('get', '/newsletters/news/leaving/comments?limit=1')
	expect(first.body.items).toMatchObject([{ reason: 'other', comment: 'I moved.', digestId: null }])
	const second = await staff.call('get', `/newsletters/news/leaving/comments?after=${first.body.next}`)
	expect(second.body).toMatchObject({
		items: [{ comment: 'One a month would do.', digestId: 7 }],
		next: null,
	})
	expect(JSON.stringify([told.body, first.body, second.body])).not.toContain('@')
})
