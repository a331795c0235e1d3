import { describe, expect, it } from 'vitest'
import { brevo } from '../../../src/bounces/providers/brevo.ts'
import { later, now, nowSeconds } from './webhook-request.ts'

const bounce = {
	event: 'hard_bounce',
	email: 'amina@example.net',
	id: 26224,
	date: '2026-03-02 13:59:30',
	ts: nowSeconds + 3_570,
	ts_event: nowSeconds - 30,
	ts_epoch: (nowSeconds - 30) * 1_000,
	'message-id': '<202603021159.12345678901@smtp-relay.mailin.fr>',
	subject: 'World News',
	'X-Mailin-custom': 'https://news.charity.example/unsubscribe/1.2.3.abc',
	sending_ip: '192.0.2.1',
	reason: '550 5.1.1 The email account that you tried to reach does not exist',
}
const eventsOf = (...changes: object[]) =>
	brevo.toEvents(
		changes.map((change) => ({ ...bounce, ...change })),
		now,
	)

describe('the events of Brevo', () => {
	it('come one by one, each about a message of ours', () => {
		expect(brevo.toEvents(bounce, now)).toMatchObject([
			{
				via: 'webhook:brevo',
				kind: 'bounce',
				class: 'address',
				hard: true,
				status: '5.1.1',
				address: 'amina@example.net',
				occurredAt: later(-30),
				identifiers: { messageId: bounce['message-id'], unsubscribeUrl: bounce['X-Mailin-custom'] },
			},
		])
	})

	it('come in batches', () => {
		expect(eventsOf({}, { event: 'delivered' }, { event: 'spam' })).toMatchObject([
			{ kind: 'bounce' },
			{ kind: 'delivered' },
			{ kind: 'complaint', class: 'complaint' },
		])
	})

	it('mean what the server said, not how hard Brevo calls it (S6, S8)', () => {
		expect(
			eventsOf(
				{ reason: '550 5.7.1 Service unavailable; client host blocked using Spamhaus' },
				{ event: 'soft_bounce', reason: '550 5.1.1 No such user here' },
				{ event: 'soft_bounce', reason: '452 4.2.2 Mailbox full' },
			),
		).toMatchObject([
			{ class: 'sender', hard: false },
			{ class: 'address', hard: true },
			{ class: 'mailbox-full', hard: false },
		])
	})

	it.each([
		['hard_bounce', 'unknown', false],
		['soft_bounce', 'temporary', false],
		['error', 'temporary', false],
		['invalid_email', 'address', true],
		['blocked', 'temporary', false],
	])('mean by %s alone that it is %s', (event, meant, hard) => {
		expect(eventsOf({ event, reason: '' })).toMatchObject([{ kind: 'bounce', class: meant, hard }])
	})

	it('take the id of our link from data of several names', () => {
		const [event] = eventsOf({ 'X-Mailin-custom': '{"campaign":"a","unsubscribe":"https://x.example/u/1"}' })
		expect(event?.identifiers.unsubscribeUrl).toBe('https://x.example/u/1')
		const [other] = eventsOf({ 'X-Mailin-custom': 'some|other|data' })
		expect(other?.identifiers.unsubscribeUrl).toBeUndefined()
	})

	it('are told apart though Brevo does not number them', () => {
		const ids = eventsOf({}, {}, { ts_epoch: nowSeconds * 1_000 }, { email: 'b@example.net' }).map(
			({ externalId }) => externalId,
		)
		expect(ids[1]).toBe(ids[0])
		expect(new Set(ids).size).toBe(3)
		expect(ids.join()).not.toContain('example.net')
	})

	it('may be of kinds that are no bounces, or that we do not know', () => {
		const kinds = ['request', 'deferred', 'opened', 'unique_opened', 'click', 'unsubscribed', 'invented']
		expect(eventsOf(...kinds.map((event) => ({ event })))).toEqual([])
	})
})
