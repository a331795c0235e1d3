import { describe, expect, it } from 'vitest'
import { postmark } from '../../../src/bounces/providers/postmark.ts'
import { now } from './webhook-request.ts'

const bounce = {
	RecordType: 'Bounce',
	ID: 692560173,
	Type: 'HardBounce',
	TypeCode: 1,
	Name: 'Hard bounce',
	Tag: '',
	MessageID: '2c1b63fe-43f2-4db5-91b0-8bdfa44a9316',
	Metadata: { unsubscribe: 'https://news.charity.example/unsubscribe/1.2.3.abc' },
	ServerID: 23,
	MessageStream: 'broadcast',
	Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
	Details: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
	Email: 'amina@example.net',
	From: 'news@charity.example',
	BouncedAt: '2026-03-02T06:59:30.0000000-05:00',
	DumpAvailable: true,
	Inactive: true,
	CanActivate: true,
	Subject: 'World News',
}
const events = (...changes: object[]) =>
	changes.flatMap((change) => postmark.toEvents({ ...bounce, ...change }, now))

describe('the webhooks of Postmark', () => {
	it('tell of a bounce, which is judged by what the server said (S6)', () => {
		expect(events({})).toEqual([
			{
				via: 'webhook:postmark',
				externalId: expect.stringMatching(/^webhook:postmark:[\w-]{43}$/),
				kind: 'bounce',
				class: 'address',
				hard: true,
				status: '5.1.1',
				reply: '550',
				diagnostic: bounce.Details,
				address: 'amina@example.net',
				identifiers: { unsubscribeUrl: bounce.Metadata.unsubscribe },
				vouched: true,
				occurredAt: new Date('2026-03-02T11:59:30.000Z'),
				raw: JSON.stringify(bounce),
			},
		])
	})

	it('cost no subscriber where Postmark says hard and the server speaks of us (S8)', () => {
		const [event] = events({ Details: 'smtp;550 5.7.26 Unauthenticated email is not accepted (DMARC)' })
		expect(event).toMatchObject({ class: 'sender', hard: false })
	})

	it.each([
		['HardBounce', 'unknown', false],
		['SoftBounce', 'temporary', false],
		['DnsError', 'temporary', false],
		['BadEmailAddress', 'address', true],
		['SpamNotification', 'content', false],
		['VirusNotification', 'content', false],
		['Blocked', 'sender', false],
		['DMARCPolicy', 'sender', false],
		['ManuallyDeactivated', 'temporary', false],
	])('mean by %s alone that it is %s', (Type, meant, hard) => {
		expect(events({ Type, Details: '' })).toMatchObject([{ kind: 'bounce', class: meant, hard }])
	})

	it.each([
		'Transient',
		'AutoResponder',
		'ChallengeVerification',
		'Subscribe',
		'Unsubscribe',
		'AddressChange',
	])('tell of no bounce by %s', (Type) => {
		expect(events({ Type })).toEqual([])
	})

	it('tell of complaints and of deliveries', () => {
		const complaint = { RecordType: 'SpamComplaint', Type: 'SpamComplaint', TypeCode: 512 }
		const delivery = {
			RecordType: 'Delivery',
			ID: undefined,
			Type: undefined,
			Email: undefined,
			Recipient: 'amina@example.net',
			DeliveredAt: '2026-03-02T11:58:00Z',
			BouncedAt: undefined,
		}
		expect(events(complaint, delivery)).toMatchObject([
			{ kind: 'complaint', class: 'complaint', address: 'amina@example.net' },
			{ kind: 'delivered', occurredAt: new Date('2026-03-02T11:58:00Z'), raw: undefined },
		])
	})

	it('give the same event the same id, and another another', () => {
		const ids = events({}, { Tag: 'seen again' }, { ID: 692560174 }, { RecordType: 'SpamComplaint' }).map(
			({ externalId }) => externalId,
		)
		expect(ids[1]).toBe(ids[0])
		expect(new Set(ids).size).toBe(3)
	})

	it('may say what we do not know', () => {
		expect(
			events({ RecordType: 'Open' }, { RecordType: 'LinkClick' }, { RecordType: 7 }, { Email: null }),
		).toEqual([])
		expect(postmark.toEvents({}, now)).toEqual([])
		expect(() => postmark.toEvents('bounce', now)).toThrow('errors.body.malformed')
	})
})
