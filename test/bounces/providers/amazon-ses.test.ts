import { describe, expect, it } from 'vitest'
import { amazonSes } from '../../../src/bounces/providers/amazon-ses.ts'
import type { Circumstances } from '../../../src/bounces/providers/provider.ts'
import { certificateUrl, signedBySns, snsCertificate, subscribeUrl, topic } from './sns-signer.ts'
import { later, now, requestOf } from './webhook-request.ts'

const asked: string[] = []
const at = (time = now): Circumstances => ({
	now: time,
	fetchText: async (url) => {
		asked.push(url)
		return url === certificateUrl ? snsCertificate : 'no certificate'
	},
})
const verify = (message: unknown, circumstances = at()) =>
	amazonSes.verify(requestOf(message, { 'Content-Type': 'text/plain; charset=UTF-8' }), topic, circumstances)
const wrong = { ok: false, reason: 'wrong' }

describe('the signature of SNS', () => {
	it.each(['1', '2'] as const)('is believed in version %s, with and without a subject', async (version) => {
		expect(await verify(signedBySns({}, version))).toMatchObject({ ok: true, payload: { TopicArn: topic } })
		expect(await verify(signedBySns({ Subject: 'Amazon SES\nnotification' }, version))).toMatchObject({
			ok: true,
		})
	})

	it.each([
		['Message', '{"notificationType":"Bounce"}'],
		['MessageId', 'another'],
		['Subject', 'another'],
		['Timestamp', '2026-03-02T12:00:01.000Z'],
		['SignatureVersion', '2'],
		['Signature', 'AAAA'],
	])('is wrong where %s was altered', async (name, value) => {
		expect(await verify({ ...signedBySns(), [name]: value })).toEqual(wrong)
	})

	it.each([
		'https://sns.ca-central-1.amazonaws.com.evil.example/a.pem',
		'https://evil.example/sns.ca-central-1.amazonaws.com/a.pem',
		'https://sns.evil.example/SimpleNotificationService-0.pem',
		'https://evil-sns.ca-central-1.amazonaws.com/a.pem',
		'https://bucket.s3.ca-central-1.amazonaws.com/a.pem',
		'https://sns.a.b.amazonaws.com/a.pem',
		'https://sns.amazonaws.com/a.pem',
		'https://sns.ca-central-1.amazonaws.com@evil.example/a.pem',
		'https://user:pw@sns.ca-central-1.amazonaws.com/a.pem',
		'https://sns.ca-central-1.amazonaws.com:8443/a.pem',
		'http://sns.ca-central-1.amazonaws.com/a.pem',
		'https://sns.ca-central-1.amazonaws.com/a.pem?x=1',
		'https://sns.ca-central-1.amazonaws.com/a/../b.txt',
		'https://sns.ca-central-1.amazonaws.com/folder/a.pem',
		'file:///etc/ssl/a.pem',
		'a.pem',
	])('is wrong where the certificate is at %s, and nobody asks there', async (SigningCertURL) => {
		asked.length = 0
		expect(await verify(signedBySns({ SigningCertURL }))).toEqual(wrong)
		expect(asked).toEqual([])
	})

	it('may name a certificate in China', async () => {
		const SigningCertURL =
			'https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0123456789abcdef.pem'
		const china = { now, fetchText: async () => snsCertificate }
		expect(await verify(signedBySns({ SigningCertURL }), china)).toMatchObject({ ok: true })
	})

	it('is wrong where what is found there is none', async () => {
		const SigningCertURL = 'https://sns.ca-central-1.amazonaws.com/other.pem'
		expect(await verify(signedBySns({ SigningCertURL }))).toEqual(wrong)
	})

	it('is no answer where the certificate can’t be had', async () => {
		const away = { now, fetchText: () => Promise.reject(new Error('timeout')) }
		await expect(verify(signedBySns(), away)).rejects.toThrow('timeout')
	})

	it('counts for our topics alone, for anybody can have one', async () => {
		asked.length = 0
		expect(await verify(signedBySns({ TopicArn: `${topic}2` }))).toEqual(wrong)
		expect(asked).toEqual([])
	})

	it('is believed for the hour that SNS tries again', async () => {
		expect(await verify(signedBySns(), at(later(3_600)))).toMatchObject({ ok: true })
		expect(await verify(signedBySns(), at(later(66 * 60)))).toEqual({ ok: false, reason: 'old' })
		expect(await verify(signedBySns(), at(later(-301)))).toEqual({ ok: false, reason: 'old' })
		expect(await verify(signedBySns({ Timestamp: 'today' }))).toEqual({ ok: false, reason: 'old' })
	})

	it('is missing from what is no message of SNS, as with raw message delivery', async () => {
		const missing = { ok: false, reason: 'missing' }
		expect(await verify({ notificationType: 'Bounce' })).toEqual(missing)
		expect(await verify({ ...signedBySns(), SignatureVersion: '3' })).toEqual(missing)
		await expect(verify('{"Type":')).rejects.toThrow('errors.body.malformed')
	})
})

describe('a subscription', () => {
	const confirmation = (changes: Record<string, string> = {}) =>
		signedBySns({
			Type: 'SubscriptionConfirmation',
			Message: 'You have chosen to subscribe to the topic.',
			Token: 'abc123',
			SubscribeURL: subscribeUrl(),
			...changes,
		})

	it('is confirmed at the address that SNS gives', async () => {
		expect(await verify(confirmation())).toMatchObject({ ok: true, confirmAt: subscribeUrl() })
	})

	it.each([
		subscribeUrl('evil.example'),
		subscribeUrl('sns.ca-central-1.amazonaws.com.evil.example'),
		subscribeUrl(undefined, { arn: `${topic}2` }),
		subscribeUrl(undefined, { token: 'another' }),
		subscribeUrl().replace('https:', 'http:'),
		subscribeUrl().replace('Confirm', 'Delete'),
		'',
	])('is confirmed nowhere else: %s', async (SubscribeURL) => {
		expect(await verify(confirmation({ SubscribeURL }))).toEqual(wrong)
	})

	it('that is given up is only taken note of', async () => {
		const verified = await verify(confirmation({ Type: 'UnsubscribeConfirmation' }))
		expect(verified).toMatchObject({ ok: true })
		expect(verified).not.toHaveProperty('confirmAt')
		expect(amazonSes.toEvents(verified.ok && verified.payload, now)).toEqual([])
	})
})

describe('the topics of SES', () => {
	it('are ARNs, one or several', () => {
		expect(
			amazonSes.findProblem(`${topic}, arn:aws-cn:sns:cn-north-1:123456789012:complaints`),
		).toBeUndefined()
		for (const secret of ['bounces', '', `${topic},bounces`, 'arn:aws:s3:::bucket']) {
			expect(amazonSes.findProblem(secret)).toBeDefined()
		}
	})
})

const mail = {
	timestamp: '2026-03-02T11:59:00.000Z',
	source: 'bounces+1.2.3.abc@bounces.charity.example',
	messageId: '00000137860315fd-34208509-5b74-41f3-95c5-22c1edc3c924-000000',
	destination: ['amina@example.net'],
	headersTruncated: false,
	headers: [
		{ name: 'From', value: 'World News <news@charity.example>' },
		{ name: 'Message-ID', value: '<m.1.2.abc@charity.example>' },
		{ name: 'List-Unsubscribe', value: '<https://news.charity.example/unsubscribe/1.2.3.abc>' },
	],
}
const recipient = {
	emailAddress: 'amina@example.net',
	action: 'failed',
	status: '5.1.1',
	diagnosticCode: 'smtp; 550 5.1.1 <amina@example.net>... User unknown',
}
const bounce = {
	bounceType: 'Permanent',
	bounceSubType: 'General',
	bouncedRecipients: [recipient],
	timestamp: '2026-03-02T11:59:30.000Z',
	feedbackId: '00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa068a-000000',
	remoteMtaIp: '192.0.2.1',
	reportingMTA: 'dns; mail.example.net',
}
const eventsOf = (...notifications: object[]) =>
	notifications.flatMap((notification) =>
		amazonSes.toEvents(
			{ Type: 'Notification', MessageId: 'n1', Message: JSON.stringify({ mail, ...notification }) },
			now,
		),
	)
const bounced = (changes: object) =>
	eventsOf({ notificationType: 'Bounce', bounce: { ...bounce, ...changes } })

describe('the events of SES', () => {
	it('tell of a bounce, with all that names the message', () => {
		expect(bounced({})).toMatchObject([
			{
				via: 'webhook:ses',
				kind: 'bounce',
				class: 'address',
				hard: true,
				status: '5.1.1',
				reply: '550',
				address: 'amina@example.net',
				occurredAt: new Date('2026-03-02T11:59:30.000Z'),
				identifiers: {
					returnPath: mail.source,
					messageId: ['<m.1.2.abc@charity.example>'],
					unsubscribeUrl: 'https://news.charity.example/unsubscribe/1.2.3.abc',
				},
			},
		])
	})

	it('are the same where they are published events, and for each of several recipients', () => {
		const two = { bouncedRecipients: [recipient, { ...recipient, emailAddress: 'bilal@example.net' }] }
		const events = eventsOf({ eventType: 'Bounce', bounce: { ...bounce, ...two } })
		expect(events.map(({ address }) => address)).toEqual(['amina@example.net', 'bilal@example.net'])
		expect(new Set([...events, ...bounced({})].map(({ externalId }) => externalId)).size).toBe(2)
	})

	it.each([
		['Permanent', 'General', 'unknown', false],
		['Permanent', 'NoEmail', 'address', true],
		['Permanent', 'Suppressed', 'temporary', false],
		['Permanent', 'OnAccountSuppressionList', 'temporary', false],
		['Transient', 'MailboxFull', 'mailbox-full', false],
		['Transient', 'MessageTooLarge', 'content', false],
		['Transient', 'ContentRejected', 'content', false],
		['Undetermined', 'Undetermined', 'unknown', false],
	])('mean by %s and %s alone: %s', (bounceType, bounceSubType, meant, hard) => {
		const silent = { bouncedRecipients: [{ emailAddress: 'amina@example.net' }] }
		expect(bounced({ bounceType, bounceSubType, ...silent })).toMatchObject([{ class: meant, hard }])
	})

	it('mean what the server said before what SES calls it (S6, S8)', () => {
		const ours = { ...recipient, status: '5.7.26', diagnosticCode: 'smtp; 550 5.7.26 DMARC policy: rejected' }
		expect(bounced({ bouncedRecipients: [ours] })).toMatchObject([{ class: 'sender', hard: false }])
	})

	it('are no bounces where an automatic reply came back (H5)', () => {
		const reply = { bounceType: 'Transient', bouncedRecipients: [{ emailAddress: 'amina@example.net' }] }
		expect(bounced(reply)).toEqual([])
		const report = { ...recipient, status: '4.3.0', diagnosticCode: 'smtp; 451 4.3.0 Try again later' }
		expect(bounced({ bounceType: 'Transient', bouncedRecipients: [report] })).toMatchObject([
			{ class: 'temporary', hard: false },
		])
	})

	it('tell of complaints and deliveries (S11)', () => {
		const complainedRecipients = [{ emailAddress: 'amina@example.net' }]
		const complaint = { complainedRecipients, feedbackId: 'f2', timestamp: '2026-03-02T11:00:00.000Z' }
		const delivery = {
			recipients: ['amina@example.net'],
			timestamp: '2026-03-02T11:59:10.000Z',
			smtpResponse: '250 ok',
		}
		expect(
			eventsOf(
				{ notificationType: 'Complaint', complaint: { ...complaint, complaintFeedbackType: 'abuse' } },
				{ eventType: 'Complaint', complaint: { ...complaint, complaintFeedbackType: 'not-spam' } },
				{ notificationType: 'Delivery', delivery },
			),
		).toMatchObject([{ kind: 'complaint', class: 'complaint' }, { kind: 'delivered' }])
	})

	it('may be of kinds that are no bounces, or that we do not know', () => {
		const kinds = ['Send', 'Open', 'Click', 'DeliveryDelay', 'Subscription', 'Invented']
		expect(eventsOf(...kinds.map((eventType) => ({ eventType })))).toEqual([])
		const greeting = 'Successfully validated SNS topic for Amazon SES event publishing.'
		expect(amazonSes.toEvents({ Type: 'Notification', MessageId: 'n2', Message: greeting }, now)).toEqual([])
	})
})
