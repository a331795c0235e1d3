import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { WebhookRequest } from '../../../src/bounces/providers/provider.ts'
import { sendgrid } from '../../../src/bounces/providers/sendgrid.ts'
import { at, later, now, nowSeconds, requestOf } from './webhook-request.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')

const posted = (body: string, { signed = body, seconds = String(nowSeconds) } = {}): WebhookRequest =>
	requestOf(body, {
		'X-Twilio-Email-Event-Webhook-Signature': sign(
			'sha256',
			Buffer.from(seconds + signed),
			privateKey,
		).toString('base64'),
		'X-Twilio-Email-Event-Webhook-Timestamp': seconds,
	})

const body = '[{"email":"amina@example.net","event":"processed"}]\r\n'

describe('the signature of SendGrid', () => {
	it('is made over the timestamp and the very bytes of the body', () => {
		expect(sendgrid.verify(posted(body), key, at())).toEqual({ ok: true, payload: JSON.parse(body) })
	})

	it('agrees with the example that SendGrid’s own libraries are tested with', () => {
		// github.com/sendgrid/sendgrid-nodejs, packages/eventwebhook/src/eventwebhook.spec.js
		const published =
			'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA=='
		const request = requestOf(
			'{"category":"example_payload","event":"test_event","message_id":"message_id"}',
			{
				'X-Twilio-Email-Event-Webhook-Signature':
					'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=',
				'X-Twilio-Email-Event-Webhook-Timestamp': '1588788367',
			},
		)
		expect(sendgrid.verify(request, published, at(new Date(1_588_788_367_000)))).toMatchObject({ ok: true })
	})

	it('is refused where it is missing', () => {
		expect(sendgrid.verify(requestOf(body), key, at())).toEqual({ ok: false, reason: 'missing' })
	})

	it('is refused where body, time or key are others', () => {
		const wrong = { ok: false, reason: 'wrong' }
		expect(sendgrid.verify(posted(body, { signed: body.trim() }), key, at())).toEqual(wrong)
		const { header } = posted(body)
		const other = String(nowSeconds + 1)
		const moved = {
			body: Buffer.from(body),
			header: (name: string) => (/stamp/.test(name) ? other : header(name)),
		}
		expect(sendgrid.verify(moved, key, at())).toEqual(wrong)
		const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
		const strange = stranger.export({ format: 'der', type: 'spki' }).toString('base64')
		expect(sendgrid.verify(posted(body), strange, at())).toEqual(wrong)
		const garbage = requestOf(body, {
			'X-Twilio-Email-Event-Webhook-Signature': 'AAAA',
			'X-Twilio-Email-Event-Webhook-Timestamp': String(nowSeconds),
		})
		expect(sendgrid.verify(garbage, key, at())).toEqual(wrong)
	})

	it('is refused five minutes later, and from the future', () => {
		const request = posted(body)
		expect(sendgrid.verify(request, key, at(later(300)))).toMatchObject({ ok: true })
		expect(sendgrid.verify(request, key, at(later(301)))).toEqual({ ok: false, reason: 'old' })
		expect(sendgrid.verify(request, key, at(later(-301)))).toEqual({ ok: false, reason: 'old' })
		expect(sendgrid.verify(posted(body, { seconds: 'soon' }), key, at())).toEqual({
			ok: false,
			reason: 'old',
		})
	})

	it('needs a key that is one', () => {
		expect(sendgrid.findProblem(key)).toBeUndefined()
		expect(
			sendgrid.findProblem(`-----BEGIN PUBLIC KEY-----\\n${key}\\n-----END PUBLIC KEY-----`),
		).toBeUndefined()
		expect(sendgrid.findProblem('a password')).toBeDefined()
		const rsa = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey
		expect(sendgrid.findProblem(rsa.export({ format: 'der', type: 'spki' }).toString('base64'))).toBeDefined()
	})
})

const bounce = {
	email: 'amina@example.net',
	timestamp: nowSeconds - 60,
	'smtp-id': '<m.1.2.abc@charity.example>',
	event: 'bounce',
	sg_event_id: 'Ym91bmNlLTEyMw',
	sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
	type: 'bounce',
	bounce_classification: 'Invalid Address',
	reason: '550 5.1.1 The email account that you tried to reach does not exist.',
	status: '5.1.1',
	unsubscribe: 'https://news.charity.example/unsubscribe/1.2.3.abc',
}
const eventsOf = (...changes: object[]) =>
	sendgrid.toEvents(
		changes.map((change) => ({ ...bounce, ...change })),
		now,
	)

describe('the events of SendGrid', () => {
	it('come several in a post, each about a message of ours', () => {
		const events = eventsOf(
			{},
			{ event: 'delivered', sg_event_id: 'b' },
			{ event: 'spamreport', sg_event_id: 'c' },
		)
		expect(events).toMatchObject([
			{ kind: 'bounce', class: 'address', hard: true, status: '5.1.1', reply: '550' },
			{ kind: 'delivered' },
			{ kind: 'complaint', class: 'complaint' },
		])
		for (const event of events) {
			expect(event).toMatchObject({
				via: 'webhook:sendgrid',
				address: 'amina@example.net',
				occurredAt: later(-60),
				identifiers: { messageId: bounce['smtp-id'], unsubscribeUrl: bounce.unsubscribe },
			})
		}
		expect(new Set(events.map(({ externalId }) => externalId)).size).toBe(3)
	})

	it('mean what the server said, not what SendGrid files it under (S6, S8)', () => {
		expect(
			eventsOf(
				{
					reason: '550 5.7.1 Message blocked because the sender’s IP is on the Spamhaus blocklist',
					status: '5.7.1',
				},
				{ reason: '452 4.2.2 The email account that you tried to reach is over quota', status: '4.2.2' },
			),
		).toMatchObject([
			{ class: 'sender', hard: false },
			{ class: 'mailbox-full', hard: false },
		])
	})

	it.each([
		['Invalid Address', 'bounce', 'address', true],
		['Technical', 'bounce', 'temporary', false],
		['Mailbox Unavailable', 'bounce', 'temporary', false],
		['Content', 'blocked', 'content', false],
		['Reputation', 'blocked', 'sender', false],
		['Frequency or Volume', 'blocked', 'sender', false],
		['Unclassified', 'blocked', 'policy', false],
		['Unclassified', 'bounce', 'unknown', false],
	])('are %s (%s) where the server said nothing: %s', (bounce_classification, type, meant, hard) => {
		const event = { bounce_classification, type, reason: '550 Requested action not taken', status: '5.0.0' }
		expect(eventsOf(event)).toMatchObject([{ kind: 'bounce', class: meant, hard }])
	})

	it.each([
		['Bounced Address', [{ kind: 'bounce', class: 'temporary', hard: false }]],
		['Spam Reporting Address', [{ kind: 'complaint' }]],
		['Invalid', [{ kind: 'bounce', class: 'address', hard: true }]],
		['Spam Content', [{ kind: 'bounce', class: 'content', hard: false }]],
		['Unsubscribed Address', []],
	])('drop what is held back: %s', (reason, expected) => {
		expect(eventsOf({ event: 'dropped', reason, status: '', type: undefined })).toMatchObject(expected)
	})

	it('may be of kinds that are no bounces, or that we do not know', () => {
		const kinds = ['processed', 'deferred', 'open', 'click', 'unsubscribe', 'group_unsubscribe', 'invented']
		expect(eventsOf(...kinds.map((event) => ({ event })), { event: 5 })).toEqual([])
		expect(sendgrid.toEvents([null, 1, 'x', []], now)).toEqual([])
	})
})
