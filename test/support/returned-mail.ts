/** Mails as they come back, made for one delivery. Lines end with LF; SMTP and the reader take care of that. */

export type Bounced = {
	/** Where the report goes: our return path, or any mailbox. */
	to: string
	recipient: string
	originalRecipient?: string
	status?: string
	diagnostic?: string
	action?: string
	envelopeId?: string
	/** Header of the returned message; none where nothing is said. */
	returned?: string
	date?: Date
}

let made = 0

/** A delivery status report (RFC 3464) as Postfix writes it, one block a recipient. */
export function deliveryReport(first: Bounced, ...others: Array<Omit<Bounced, 'to'>>): string {
	made += 1
	const blocks = [first, ...others].map(statusBlock).join('\n\n')
	const boundary = `report-${made}`
	return `Return-Path: <>
Date: ${(first.date ?? new Date()).toUTCString()}
From: MAILER-DAEMON@mx.readers.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ${first.to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-ID: <report-${made}@mx.readers.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"

--${boundary}
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--${boundary}
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.readers.example
${first.envelopeId ? `Original-Envelope-Id: ${first.envelopeId}\n` : ''}
${blocks}

--${boundary}
Content-Type: text/rfc822-headers

${first.returned ?? 'Subject: A digest'}

--${boundary}--
`
}

function statusBlock({
	recipient,
	originalRecipient,
	action = 'failed',
	status = '5.1.1',
	diagnostic = '550 5.1.1 no such user',
}: Omit<Bounced, 'to'>): string {
	const original = originalRecipient ? `Original-Recipient: rfc822;${originalRecipient}\n` : ''
	return `Final-Recipient: rfc822; ${recipient}\n${original}Action: ${action}\nStatus: ${status}\nDiagnostic-Code: smtp; ${diagnostic}`
}

/** A feedback report (RFC 5965) whose recipient is hidden, as most are. */
export function complaintReport({ to, returned }: { to: string; returned: string }): string {
	made += 1
	return `Return-Path: <>
Date: ${new Date().toUTCString()}
From: <fbl@provider.example>
Subject: FW: A digest
To: ${to}
MIME-Version: 1.0
Message-ID: <complaint-${made}@provider.example>
Content-Type: multipart/report; report-type=feedback-report; boundary="fbl"

--fbl
Content-Type: text/plain

This is an email abuse report.

--fbl
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: redacted@provider.example

--fbl
Content-Type: text/rfc822-headers

${returned}

--fbl--
`
}

/** An answer of a vacation program (RFC 3834). */
export function outOfOffice(to: string): string {
	made += 1
	return `From: Somebody <somebody@readers.example>
To: ${to}
Subject: Out of office: A digest
Auto-Submitted: auto-replied
Message-ID: <vacation-${made}@readers.example>

I am away until Monday.
`
}

/** A mail that a person, or their mail program, wrote. */
export function personalMail({
	to,
	subject = '',
	body = '',
	header = '',
}: {
	to: string
	subject?: string
	body?: string
	header?: string
}): string {
	made += 1
	return `From: A Reader <reader@readers.example>
To: ${to}
Subject: ${subject}
Message-ID: <mail-${made}@readers.example>
${header}
${body}`
}
