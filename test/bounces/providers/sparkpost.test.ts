import { describe, expect, it } from 'vitest'
import { sparkpost } from '../../../src/bounces/providers/sparkpost.ts'
import { later, now, nowSeconds } from './webhook-request.ts'

const bounce = {
	type: 'bounce',
	event_id: '92356927693813856',
	message_id: '000443ee14578172be22',
	transmission_id: '65832150921904138',
	bounce_class: '10',
	error_code: '550',
	raw_reason: '550 5.1.1 The email account that you tried to reach does not exist',
	reason: '550 5.1.1 The email account that you tried to reach does not exist',
	raw_rcpt_to: 'Amina@example.net',
	rcpt_to: 'amina@example.net',
	msg_from: 'bounces+1.2.3.abc@bounces.charity.example',
	friendly_from: 'news@charity.example',
	rcpt_meta: { unsubscribe: 'https://news.charity.example/unsubscribe/1.2.3.abc' },
	timestamp: String(nowSeconds - 20),
}
const batchOf = (...changes: object[]) =>
	changes.map((change) => ({ msys: { message_event: { ...bounce, ...change } } }))
const eventsOf = (...changes: object[]) => sparkpost.toEvents(batchOf(...changes), now)

describe('the events of SparkPost', () => {
	it('come in batches, each about a message of ours', () => {
		const batch = [
			...batchOf({}, { type: 'delivery', event_id: '2' }, { type: 'spam_complaint', event_id: '3' }),
			{ msys: {} },
			{ msys: { track_event: { type: 'open', event_id: '4' } } },
		]
		expect(sparkpost.toEvents(batch, now)).toMatchObject([
			{
				via: 'webhook:sparkpost',
				kind: 'bounce',
				class: 'address',
				hard: true,
				status: '5.1.1',
				reply: '550',
				address: 'Amina@example.net',
				occurredAt: later(-20),
				identifiers: { returnPath: bounce.msg_from, unsubscribeUrl: bounce.rcpt_meta.unsubscribe },
			},
			{ kind: 'delivered' },
			{ kind: 'complaint', class: 'complaint' },
		])
	})

	it.each([
		['1', 'unknown', false],
		['10', 'address', true],
		['20', 'temporary', false],
		['21', 'temporary', false],
		['22', 'mailbox-full', false],
		['23', 'content', false],
		['24', 'temporary', false],
		['25', 'temporary', false],
		['30', 'unknown', false],
		['40', 'unknown', false],
		['50', 'sender', false],
		['51', 'sender', false],
		['52', 'content', false],
		['53', 'content', false],
		['54', 'policy', false],
		['70', 'temporary', false],
	])('mean by bounce class %s alone that it is %s', (bounce_class, meant, hard) => {
		const silent = { bounce_class, raw_reason: '', reason: '', error_code: undefined }
		expect(eventsOf(silent)).toMatchObject([{ kind: 'bounce', class: meant, hard }])
	})

	it('mean what the server said before its class (S6, S8)', () => {
		const refused = '550 5.7.26 This mail is unauthenticated, which poses a security risk'
		expect(eventsOf({ raw_reason: refused })).toMatchObject([{ class: 'sender', hard: false }])
		expect(
			eventsOf({ type: 'out_of_band', raw_reason: undefined, reason: 'mailbox full', error_code: '552' }),
		).toMatchObject([{ class: 'mailbox-full', hard: false, reply: '552' }])
	})

	it.each(['60', '80', '90', '100'])('are no bounces in class %s', (bounce_class) => {
		expect(eventsOf({ bounce_class })).toEqual([])
	})

	it('hold numbers as text or as numbers', () => {
		const numbers = { timestamp: nowSeconds - 20, bounce_class: 22, error_code: 552, raw_reason: 'no' }
		expect(eventsOf(numbers)).toMatchObject([{ class: 'mailbox-full', reply: '552', occurredAt: later(-20) }])
	})

	it('tell of what SparkPost itself refused', () => {
		expect(
			eventsOf({
				type: 'policy_rejection',
				bounce_class: '25',
				raw_reason: '550 5.7.1 recipient address suppressed',
			}),
		).toMatchObject([{ class: 'temporary', hard: false }])
	})

	it('may be of kinds that are no bounces, or that we do not know', () => {
		const kinds = ['injection', 'delay', 'list_unsubscribe', 'generation_failure', 'invented']
		expect(eventsOf(...kinds.map((type) => ({ type })))).toEqual([])
	})
})
