import { describe, expect, it } from 'vitest'
import { mailjet } from '../../../src/bounces/providers/mailjet.ts'
import { later, now, nowSeconds } from './webhook-request.ts'

const bounce = {
	event: 'bounce',
	time: nowSeconds - 10,
	MessageID: 13792286917004336,
	Message_GUID: '1ab23cd4-e567-8901-2345-6789f0gh1i2j',
	email: 'amina@example.net',
	mj_campaign_id: 0,
	mj_contact_id: 0,
	customcampaign: '',
	CustomID: 'https://news.charity.example/unsubscribe/1.2.3.abc',
	Payload: '',
	blocked: true,
	hard_bounce: true,
	error_related_to: 'recipient',
	error: 'user unknown',
	comment: 'Host or domain name not found. Name service error for name=example.net type=A: Host not found',
}
const eventsOf = (...changes: object[]) =>
	mailjet.toEvents(
		changes.map((change) => ({ ...bounce, ...change })),
		now,
	)

describe('the events of Mailjet', () => {
	it('come one by one, each about a message of ours', () => {
		expect(mailjet.toEvents(bounce, now)).toMatchObject([
			{
				via: 'webhook:mailjet',
				kind: 'bounce',
				class: 'address',
				hard: true,
				address: 'amina@example.net',
				occurredAt: later(-10),
				identifiers: { unsubscribeUrl: bounce.CustomID },
			},
		])
	})

	it('come in groups', () => {
		expect(
			eventsOf({}, { event: 'sent', smtp_reply: '250 ok' }, { event: 'spam', source: 'JMRPP' }),
		).toMatchObject([{ kind: 'bounce' }, { kind: 'delivered' }, { kind: 'complaint', class: 'complaint' }])
	})

	it.each([
		['user unknown', 'address', true],
		['mailbox inactive', 'temporary', false],
		['quota exceeded', 'mailbox-full', false],
		['blacklisted', 'temporary', false],
		['invalid domain', 'address', true],
		['no mail host', 'temporary', false],
		['relay/access denied', 'policy', false],
		['greylisted', 'temporary', false],
		['typofix', 'address', true],
		['sender blocked', 'sender', false],
		['content blocked', 'content', false],
		['policy issue', 'policy', false],
		['system issue', 'temporary', false],
		['protocol issue', 'temporary', false],
		['connection issue', 'temporary', false],
		['preblocked', 'temporary', false],
		['an error of tomorrow', 'unknown', false],
	])('mean by “%s” alone that it is %s', (error, meant, hard) => {
		expect(eventsOf({ error, comment: '' })).toMatchObject([{ kind: 'bounce', class: meant, hard }])
	})

	it('mean what the server said before what Mailjet calls it (S6, S8)', () => {
		expect(eventsOf({ comment: '550 5.7.1 Message refused: it looks like spam' })).toMatchObject([
			{ class: 'content', hard: false },
		])
	})

	it('tell of a person who had complained before, and not of a second copy', () => {
		expect(eventsOf({ event: 'blocked', error: 'spam reporter' })).toMatchObject([{ kind: 'complaint' }])
		expect(eventsOf({ event: 'blocked', error: 'duplicate in campaign' })).toEqual([])
	})

	it('may be of kinds that are no bounces, or that we do not know', () => {
		expect(eventsOf(...['open', 'click', 'unsub', 'invented'].map((event) => ({ event })))).toEqual([])
	})
})
