import { describe, expect, it } from 'vitest'
import { readReport } from '../../src/bounces/index.ts'
import { sampleReports } from './sample-reports.ts'

describe('readReport', () => {
	it.each(sampleReports.map((sample) => [sample.system, sample] as const))('reads %s', (_, sample) => {
		const { kind, recipients } = readReport(Buffer.from(sample.raw))
		expect({
			kind,
			recipients: recipients.map(({ address, class: is, hard }) => [address, is, hard]),
		}).toEqual({
			kind: sample.kind,
			recipients: sample.recipients,
		})
	})

	it('reads the same with CRLF, with a mailbox separator and as an attachment of a forwarded mail', () => {
		for (const { raw, kind, recipients } of sampleReports) {
			const plain = readReport(Buffer.from(raw))
			expect(readReport(Buffer.from(raw.replaceAll('\n', '\r\n')))).toEqual(plain)
			expect(readReport(Buffer.from(`From MAILER-DAEMON Mon Oct  5 10:00:00 2026\n${raw}`))).toEqual(plain)
			if (!raw.includes('message/delivery-status') || kind !== 'bounce') continue
			const forwarded = `From: staff@example.org\nContent-Type: multipart/mixed; boundary=f\n\n--f\nContent-Type: message/rfc822\n\n${raw}\n--f--\n`
			expect(readReport(Buffer.from(forwarded)).recipients.map(({ address }) => address)).toEqual(
				recipients.map(([address]) => address),
			)
		}
	})

	it('tells what can tie a report to a delivery (S5)', () => {
		const { identifiers, recipients } = readReport(
			Buffer.from(`Return-Path: <>
Delivered-To: bounces+x1@news.example.org
To: <bounces+x1@news.example.org>
From: MAILER-DAEMON@mx.example.net
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Original-Envelope-Id: env-1
Reporting-MTA: dns; mx.example.net

Original-Recipient: rfc822; reader@example.net
Final-Recipient: rfc822; r.eader@backend.example.net
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Return-Path: <bounces+x1@news.example.org>
To: reader@example.net
Message-ID: <1.2@news.example.org>
List-Unsubscribe: <https://news.example.org/u/t>,
 <mailto:leave@news.example.org>
X-Delivery: 7
--b--
`),
		)
		expect(recipients[0]).toMatchObject({
			address: 'reader@example.net',
			originalAddress: 'reader@example.net',
			finalAddress: 'r.eader@backend.example.net',
			action: 'failed',
		})
		expect(identifiers).toMatchObject({
			sentTo: ['bounces+x1@news.example.org'],
			envelopeId: 'env-1',
			messageIds: ['1.2@news.example.org'],
			returnedTo: ['reader@example.net'],
			returnPaths: ['bounces+x1@news.example.org'],
			listUnsubscribe: ['https://news.example.org/u/t', 'mailto:leave@news.example.org'],
		})
		expect(identifiers.returned.first('x-delivery')).toBe('7')
	})

	it('leaves Apple Mail’s unsubscription to who answers wishes: it is no automatic reply', () => {
		const raw =
			'From: reader@icloud.example\nSubject: unsubscribe\nAuto-Submitted: auto-replied\nX-Apple-Unsubscribe: true\n\nApple Mail sent this.'
		expect(readReport(Buffer.from(raw))).toMatchObject({ kind: 'none', recipients: [] })
	})
})

describe('readReport on complaints (S11)', () => {
	const complaint = (fields: string, head: string) =>
		readReport(
			Buffer.from(`From: fbl@example.net
To: abuse@news.example.org
Subject: complaint
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

${fields}
Version: 1

--b
Content-Type: message/rfc822

${head}

Hello
--b--
`),
		)

	it('takes the recipient from the report part', () => {
		const { kind, recipients, feedbackType } = complaint(
			'Feedback-Type: abuse\nOriginal-Rcpt-To: <reader@example.net>',
			'To: reader@example.net\nMessage-ID: <1@example.org>',
		)
		expect({ kind, feedbackType }).toEqual({ kind: 'complaint', feedbackType: 'abuse' })
		expect(recipients).toMatchObject([{ address: 'reader@example.net', class: 'complaint', hard: false }])
	})

	it('looks for a redacted recipient in the returned message, and else gives identifiers alone (RFC 6590)', () => {
		const open = complaint(
			'Feedback-Type: abuse\nOriginal-Rcpt-To: redacted@example.net',
			'To: reader@example.net',
		)
		expect(open.recipients.map(({ address }) => address)).toEqual(['reader@example.net'])
		const hidden = complaint(
			'Feedback-Type: abuse',
			'To: redacted@example.net\nMessage-ID: <1@example.org>\nList-Unsubscribe: <https://example.org/u/t>',
		)
		expect(hidden.recipients).toEqual([])
		expect(hidden.identifiers).toMatchObject({
			messageIds: ['1@example.org'],
			listUnsubscribe: ['https://example.org/u/t'],
		})
	})

	it('holds an authentication failure against nobody (RFC 6591), nor a complaint taken back (RFC 6430)', () => {
		const of = (type: string) =>
			complaint(`Feedback-Type: ${type}\nOriginal-Rcpt-To: reader@example.net`, 'To: reader@example.net')
		expect(of('auth-failure')).toMatchObject({
			kind: 'complaint',
			feedbackType: 'auth-failure',
			recipients: [{ class: 'sender' }],
		})
		expect(of('not-spam')).toMatchObject({ feedbackType: 'not-spam', recipients: [{ class: 'unknown' }] })
	})
})

describe('readReport on notifications of Amazon SES', () => {
	const notification = (json: object) =>
		readReport(
			Buffer.from(
				`From: no-reply@sns.amazonaws.example\nSubject: AWS Notification Message\n\n${JSON.stringify(json)}\n\n--\nIf you wish to stop receiving notifications …\n`,
			),
		)
	const mail = { messageId: 'm', headers: [{ name: 'Message-ID', value: '<1.2@news.example.org>' }] }

	it('reads a bounce', () => {
		const report = notification({
			notificationType: 'Bounce',
			bounce: {
				bounceType: 'Permanent',
				bounceSubType: 'General',
				bouncedRecipients: [{ emailAddress: 'reader@example.net' }],
			},
			mail,
		})
		expect(report).toMatchObject({ kind: 'bounce', recipients: [{ class: 'address', hard: true }] })
		expect(report.identifiers.messageIds).toEqual(['1.2@news.example.org'])
	})

	it('reads a complaint and a delivery', () => {
		expect(
			notification({
				notificationType: 'Complaint',
				complaint: { complainedRecipients: [{ emailAddress: 'reader@example.net' }] },
				mail,
			}),
		).toMatchObject({ kind: 'complaint', feedbackType: 'abuse', recipients: [{ class: 'complaint' }] })
		expect(
			notification({ eventType: 'Delivery', delivery: { recipients: ['reader@example.net'] }, mail }),
		).toMatchObject({ kind: 'delivered', recipients: [{ address: 'reader@example.net' }] })
	})
})
