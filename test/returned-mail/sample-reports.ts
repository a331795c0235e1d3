import type { BounceClass, ReportKind } from '../../src/kernel/enumerations.ts'

/** A report as a mail system words it, with addresses of our own, and what has to be read from it. */
export type SampleReport = {
	system: string
	raw: string
	kind: ReportKind
	recipients: ReadonlyArray<readonly [address: string, is: BounceClass, hard: boolean]>
}

const own = 'bounces+abc@news.example.org'

function mail(head: string, body: string): string {
	return `Return-Path: <>\nTo: <${own}>\nDate: Mon, 5 Oct 2026 10:00:00 +0000\nMIME-Version: 1.0\n${head.trim()}\n\n${body.replace(/^\n/, '')}`
}

const copy = `Received: from out.example.org (out.example.org [192.0.2.1]) by mx.example.net; Mon, 5 Oct 2026 09:59:00 +0000
From: News <news@news.example.org>
To: reader@example.net
Subject: Digest
Message-ID: <1.2@news.example.org>

Hello
`

const fromDaemon = 'From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>'

function dsn(text: string, fields: string, head = ''): string {
	return mail(
		`${fromDaemon}\nSubject: Undelivered\n${head}Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"`,
		`--=_b\nContent-Type: text/plain\n\n${text}\n--=_b\nContent-Type: message/delivery-status\n\n${fields.trim()}\n\n--=_b\nContent-Type: message/rfc822\n\n${copy}\n--=_b--\n`,
	)
}

export const sampleReports: readonly SampleReport[] = [
	{
		system: 'Exim 3, two recipients, one local',
		raw: mail(
			'From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nSubject: Mail delivery failed: returning message to sender',
			`
This message was created automatically by mail delivery software (Exim).

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  first@example.net
    unknown local-part "first" in domain "example.net"
  second@example.org
    SMTP error from remote mailer after RCPT TO:<second@example.org>:
    host mail.example.org [192.0.2.9]: 552 5.2.2 Over quota

------ This is a copy of the message, including all the headers. ------

${copy}`,
		),
		kind: 'bounce',
		recipients: [
			['first@example.net', 'address', true],
			['second@example.org', 'mailbox-full', false],
		],
	},
	{
		system: 'Exim, frozen and still trying',
		raw: mail(
			'From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nSubject: Warning: message 1abcde-000001-AA delayed 24 hours\nAuto-Submitted: auto-replied',
			`
This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.net.

The address to which the message has not yet been delivered is:

  reader@example.net
    Delay reason: Connection timed out

No action is required on your part. Delivery attempts will continue for
some time.
`,
		),
		kind: 'none',
		recipients: [['reader@example.net', 'temporary', false]],
	},
	{
		system: 'qmail, unknown at its own host, in German',
		raw: mail(
			'From: MAILER-DAEMON@mx.example.net\nSubject: failure notice',
			`
Hallo. Dies ist das qmail-send Programm auf mx.example.net.
Ich konnte Ihre Nachricht leider nicht zustellen an:

<reader@example.net>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <${own}>
${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'qmail, CNAME lookup gave up',
		raw: mail(
			'From: MAILER-DAEMON@mx.example.net\nSubject: failure notice',
			`
Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<reader@example.net>:
CNAME lookup failed temporarily. (#4.4.3)
I'm not going to try again; this message has been in the queue too long.

--- Below this line is a copy of the message.

${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'temporary', false]],
	},
	{
		system: 'sendmail 8.6, without a report part',
		raw: mail(
			`${fromDaemon}\nSubject: Returned mail: User unknown`,
			`
The original message was received at Mon, 5 Oct 2026 10:00:00 GMT
from out.example.org [192.0.2.1]

   ----- The following addresses had delivery problems -----
<reader@example.net>  (unrecoverable error)

   ----- Transcript of session follows -----
... while talking to mail.example.net.:
>>> RCPT To:<reader@example.net>
<<< 550 <reader@example.net>... User unknown
550 <reader@example.net>... User unknown

   ----- Original message follows -----

${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'sendmail, DSN, several groups with one success',
		raw: dsn(
			'   ----- The following addresses had permanent fatal errors -----\n<a@example.net>\n<b@example.net>',
			`
Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 5 Oct 2026 10:00:00 +0000

Final-Recipient: RFC822; a@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: SMTP; 550 5.1.1 <a@example.net>... User unknown

Final-Recipient: RFC822; b@example.net
Action: failed
Status: 4.4.7
Diagnostic-Code: SMTP; 451 4.4.1 reply: read error from mail.example.net.

Final-Recipient: RFC822; c@example.net
Action: relayed (to non-DSN-aware mailer)
Status: 2.1.5`,
		),
		kind: 'bounce',
		recipients: [
			['a@example.net', 'address', true],
			['b@example.net', 'temporary', false],
		],
	},
	{
		system: 'Postfix, DSN with an alias: the address that we wrote to counts',
		raw: dsn(
			'<real@backend.example.net> (expanded from <reader@example.net>): unknown user: "real"',
			`
Reporting-MTA: dns; mx.example.net
Original-Envelope-Id: abc

Final-Recipient: rfc822; real@backend.example.net
Original-Recipient: rfc822;reader@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: X-Postfix; unknown user: "real"`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'Postfix, expired with Action: failed (S7)',
		raw: dsn(
			'<reader@example.net>: connect to mx.example.net[192.0.2.9]:25: Connection timed out',
			`
Reporting-MTA: dns; out.example.org

Final-Recipient: rfc822; reader@example.net
Action: failed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.example.net[192.0.2.9]:25: Connection timed out`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'temporary', false]],
	},
	{
		system: 'Postfix, delayed (S9)',
		raw: dsn(
			'THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE.',
			`
Reporting-MTA: dns; out.example.org

Final-Recipient: rfc822; reader@example.net
Action: delayed
Status: 4.7.1
Diagnostic-Code: smtp; 450 4.7.1 Greylisted
Will-Retry-Until: Sat, 10 Oct 2026 10:00:00 +0000`,
		),
		kind: 'none',
		recipients: [['reader@example.net', 'temporary', false]],
	},
	{
		system: 'Postfix, success (S9)',
		raw: dsn(
			'Enclosed is the mail delivery report that you requested.',
			`
Reporting-MTA: dns; out.example.org

Final-Recipient: rfc822; reader@example.net
Action: relayed
Status: 2.0.0
Diagnostic-Code: smtp; 250 2.0.0 Ok: queued as 12345`,
		),
		kind: 'delivered',
		recipients: [['reader@example.net', 'unknown', false]],
	},
	{
		system: 'RFC 6533: a Unicode address (S14)',
		raw: dsn(
			'Not delivered.',
			`
Reporting-MTA: dns; mx.example.net

Original-Recipient: utf-8; andr\\x{E9}@example.net
Final-Recipient: utf-8; andr\\x{E9}@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown`,
		).replace('message/delivery-status', 'message/global-delivery-status'),
		kind: 'bounce',
		recipients: [['andré@example.net', 'address', true]],
	},
	{
		system: 'Exchange 5.5',
		raw: mail(
			'From: System Administrator <postmaster@example.net>\nSubject: Undeliverable: Digest\nContent-Type: text/plain',
			`
Your message

  To:      reader@example.net
  Subject: Digest
  Sent:    Mon, 5 Oct 2026 09:59:00 -0000

did not reach the following recipient(s):

reader@example.net on Mon, 5 Oct 2026 10:00:00 -0000
    The recipient name is not recognized
	The MTS-ID of the original message is: c=us;a= ;p=example;l=MAIL-061005
    MSEXCH:IMS:EXAMPLE:SITE:MAIL 0 (000C05A6) Unknown Recipient
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'Exchange 2000, plain text',
		raw: mail(
			'From: postmaster@example.net\nSubject: Undeliverable: Digest\nContent-Type: text/plain',
			`
Your message

  To:      reader@example.net
  Subject: Digest
  Sent:    Mon, 5 Oct 2026 09:59:00

did not reach the following recipient(s):

reader@example.net on Mon, 5 Oct 2026 10:00:00
    The e-mail account does not exist at the organization this message was sent to.  Check the e-mail address, or contact the recipient directly to find out the correct address.
            <mail.example.net #5.1.1>
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'Exchange Online in French, X-header address type',
		raw: dsn(
			'Votre message à reader@example.net n’a pas pu être remis.\nreader est introuvable dans example.net.',
			`
Reporting-MTA: dns;AM0PR01MB1.eurprd01.prod.exchangelabs.com
Received-From-MTA: dns;out.example.org

Original-Recipient: rfc822;reader@example.net
Final-Recipient: rfc822;reader@example.net
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'Exchange, an encapsulated address',
		raw: dsn(
			'Failed.',
			`
Reporting-MTA: dns;ex.example.net

Final-Recipient: RFC822;IMCEASMTP-reader+40example+2Enet@ex.example.net
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;552 5.2.2 mailbox full`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'mailbox-full', false]],
	},
	{
		system: 'Domino, in prose',
		raw: mail(
			'From: Postmaster@example.net\nSubject: DELIVERY FAILURE: User reader (reader@example.net) not listed in Domino Directory',
			`
Your message

  Subject: Digest

was not delivered to:

  reader@example.net

because:

  User reader (reader@example.net) not listed in Domino Directory

`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'GroupWise',
		raw: mail(
			'From: Mailer-Daemon@gw.example.net\nSubject: Message status - undeliverable\nContent-Type: text/plain',
			`
The message that you sent was undeliverable to the following:
	reader@example.net (user not found)

Possibly truncated original message follows:

${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'MDaemon',
		raw: mail(
			'From: "MDaemon at example.net" <MDaemon@example.net>\nSubject: Permanent Delivery Failure',
			`
The following data may contain sections which represent BASE64 encoded file attachments.

The attached message had PERMANENT fatal delivery errors!

After one or more unsuccessful delivery attempts the attached message has
been removed from the mail queue on this server.

YOUR MESSAGE WAS NOT DELIVERED TO ONE OR MORE RECIPIENTS!

Failed address: reader@example.net

--- Session Transcript ---
 Mon 2026-10-05 10:00:00: --> RCPT To:<reader@example.net>
 Mon 2026-10-05 10:00:00: <-- 550 <reader@example.net>, Recipient unknown
--- End Transcript ---
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'IMail',
		raw: mail(
			'From: "Postmaster" <postmaster@example.net>\nSubject: Undeliverable Mail',
			`
Unknown user: reader@example.net

Original message follows.

${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'Mercury/32',
		raw: mail(
			'From: Electronic Postmaster <postmaster@example.net>\nSubject: Postmaster notify: delivery failure.',
			`
This message contains error messages generated by the mail system
during delivery of mail to one or more addresses.

** Error in delivery to reader@example.net

>>> RCPT TO:<reader@example.net>
<<< 550 Requested action not taken: mailbox full.

The body of the message begins here:
${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'mailbox-full', false]],
	},
	{
		system: 'Courier, prose part only',
		raw: mail(
			'From: "Courier mail server at mx.example.net" <@>\nSubject: NOTICE: mail delivery status.',
			`
This is a delivery status notification from mx.example.net,
running the Courier mail server, version 0.73.

The original message was received on Mon, 5 Oct 2026 10:00:00 +0000
from out.example.org ([192.0.2.1])

---------------------------------------------------------------------------

                           UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<reader@example.net>:
    mail.example.net [192.0.2.9]:
>>> RCPT TO:<reader@example.net>
<<< 550 5.1.1 User unknown.

---------------------------------------------------------------------------
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'MailMarshal',
		raw: mail(
			'From: MailMarshal <postmaster@example.net>\nSubject: Undeliverable Mail: "Digest"',
			`
Your message:
   From:    bounces@news.example.org
   Subject: Digest
Could not be delivered because of

550 5.1.1 User unknown

The following recipients were affected:
    reader@example.net

Additional Information
======================

Original Sender:    <bounces@news.example.org>
Sender-MTA:         <192.0.2.1>
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'MailFoundry',
		raw: mail(
			`${fromDaemon}\nSubject: Message delivery has failed`,
			`
Unable to deliver message to: <reader@example.net>
Delivery failed for the following reason:
Server mail.example.net[192.0.2.9] failed with: 550 5.1.1 <reader@example.net> No such user here

This has been a permanent failure.  No further delivery attempts will be made.
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'InterScan, dialogue turned round',
		raw: mail(
			'From: "InterScan MSS" <postmaster@example.net>\nSubject: Mail could not be delivered',
			`
The following message could not be delivered.

Unable to deliver message to <reader@example.net>
Sent <<< RCPT TO:<reader@example.net>
Received >>> 550 <reader@example.net>... User unknown
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'a system that quotes the reply in brackets',
		raw: mail(
			'From: postmaster@example.net\nSubject: There was an error sending your mail',
			`
We had trouble delivering your message. Full details follow:

Subject: 'Digest'
Date: 'Mon, 5 Oct 2026 09:59:00 +0000'

1 error(s):

SMTP Server <mail.example.net> rejected recipient <reader@example.net>
  (Error following RCPT command). It responded as follows: [550 unknown user.]
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'Gmail, HTML and text, with its own words',
		raw: dsn(
			"** Address not found **\n\nYour message wasn't delivered to reader@example.net because the address couldn't be found, or is unable to receive mail.\n\nThe response was:\n\n550 No such user",
			`
Reporting-MTA: dns; googlemail.com
X-Original-Message-ID: <1.2@news.example.org>

Final-Recipient: rfc822; reader@example.net
Action: failed
Status: 5.0.0
Remote-MTA: dns; mail.example.net. (192.0.2.9, the server for the domain example.net.)
Diagnostic-Code: smtp; 550 No such user`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'Yahoo for other domains, three recipients',
		raw: mail(
			'From: MAILER-DAEMON@yahoo.example\nSubject: Failure Notice',
			`
Sorry, we were unable to deliver your message to the following address.

<a@example.net>:
Remote host said: 554 delivery error: dd This user doesn't have a example.net account (a@example.net) [0] - mta1.example.net [BODY]

<b@example.net>:
Remote host said: 550 5.2.2 Mailbox full [RCPT_TO]

<c@example.net>:
Remote host said: 553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1 [MAIL_FROM]

--- Below this line is a copy of the message.

${copy}`,
		),
		kind: 'bounce',
		recipients: [
			['a@example.net', 'address', true],
			['b@example.net', 'mailbox-full', false],
			['c@example.net', 'sender', false],
		],
	},
	{
		system: 'CompuServe',
		raw: mail(
			'From: Electronic Postmaster <POSTMASTER@compuserve.example>\nSubject: Undeliverable message',
			`
Receiver not found: reader@example.net


Your message could not be delivered as addressed.

--- Returned message ---

${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', false]],
	},
	{
		system: 'smail',
		raw: mail(
			'From: Mailer-Daemon@mx.example.net\nSubject: mail failed, returning to sender',
			`
|------------------------- Message log follows: -------------------------|
 no valid recipients were found for this message
|------------------------- Failed addresses follow: ---------------------|
 <reader@example.net> ... transport smtp: 550 <reader@example.net>... User unknown
|------------------------- Message text follows: ------------------------|
${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', false]],
	},
	{
		system: 'Netscape Messaging Server and Post.Office',
		raw: mail(
			'From: Mail Administrator <Postmaster@example.net>\nSubject: Mail System Error - Returned Mail',
			`
This Message was undeliverable due to the following reason:

One or more of the recipients of your message did not receive it
because they would have exceeded their mailbox size limit.  It
may be possible for you to successfully send your message again
at a later time; however, if it is large, it is recommended that
you first contact the recipients to confirm that the space will
be available for your message when you send it.

User quota exceeded: SMTP <reader@example.net>

Please reply to Postmaster@example.net
if you feel this message to be in error.
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'mailbox-full', false]],
	},
	{
		system: 'Microsoft SMTPSVC',
		raw: mail(
			'From: postmaster@example.net\nSubject: Delivery Status Notification (Failure)\nContent-Type: text/plain',
			`
This is an automatically generated Delivery Status Notification.

Delivery to the following recipients failed.

       reader@example.net

`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'unknown', false]],
	},
	{
		system: 'Dovecot LDA refusing by a disposition notification',
		raw: mail(
			'From: Mail Delivery Subsystem <postmaster@example.net>\nSubject: Automatically rejected mail\nContent-Type: multipart/report; report-type=disposition-notification; boundary="=_b"',
			`
--=_b
Content-Type: text/plain; charset=utf-8

Your message to <reader@example.net> was automatically rejected:
Quota exceeded (mailbox for user is full)
--=_b
Content-Type: message/disposition-notification

Reporting-UA: mx.example.net; Dovecot Mail Delivery Agent
Final-Recipient: rfc822; reader@example.net
Original-Message-ID: <1.2@news.example.org>
Disposition: automatic-action/MDN-sent-automatically; deleted

--=_b--
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'mailbox-full', false]],
	},
	{
		system: 'KDDI, full',
		raw: mail(
			'From: Mail Administrator <Postmaster@ezweb.example>\nSubject: Mail System Error - Returned Mail',
			`
Could not be delivered to: <reader@example.net>
As their mailbox is full.
`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'mailbox-full', false]],
	},
	{
		system: 'PowerMTA with a category and nothing else',
		raw: dsn(
			'Hello, this is the mail server on mx.example.net.',
			`
Reporting-MTA: dns;mx.example.net

Final-Recipient: rfc822;reader@example.net
Action: failed
Status: 5.0.0 (undefined status)
Remote-MTA: dns;mail.example.net (192.0.2.9)
Diagnostic-Code: smtp;550 sorry
X-PowerMTA-BounceCategory: bad-mailbox`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'a Russian notice in KOI8-R',
		raw: mail(
			'From: MAILER-DAEMON@mx.example.net\nSubject: =?koi8-r?B?7sXEz9PUwdfMxc7Oz8Ug0M/T2M3P?=\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64',
			// «Письмо не может быть доставлено: reader@example.net: такой пользователь не найден»
			`8MnT2M3PIM7FIM3P1sXUIMLZ1Ngg1M/T1MHXzMXOzwoKcmVhZGVyQGV4YW1wbGUubmV0OiDQz8zY
2s/XwdTFzNggzsUgzsHKxMXOCg==`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', false]],
	},
	{
		system: 'a report whose multipart has lost its boundary lines',
		raw: mail(
			`${fromDaemon}\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary="lost"`,
			`
This is the mail system at host mx.example.net.

<reader@example.net>: host mail.example.net[192.0.2.9] said: 550 5.1.1 User unknown (in reply to RCPT TO command)

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; reader@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

${copy}`,
		),
		kind: 'bounce',
		recipients: [['reader@example.net', 'address', true]],
	},
	{
		system: 'an out-of-office answer (H5)',
		raw: mail(
			'From: Reader <reader@example.net>\nSubject: Automatic reply: Digest\nAuto-Submitted: auto-replied\nX-Auto-Response-Suppress: All',
			'I am out of the office until Monday. If it is urgent, please contact colleague@example.net.\n',
		),
		kind: 'auto-reply',
		recipients: [],
	},
	{
		system: 'a vacation answer without any header, in German (H5)',
		raw: mail(
			'From: Reader <reader@example.net>\nSubject: Re: Digest',
			'Guten Tag,\n\nich bin bis 12. Oktober nicht im Büro.\n',
		),
		kind: 'auto-reply',
		recipients: [],
	},
	{
		system: 'a person who left, said by an automatic answer (H5)',
		raw: mail(
			'From: Reader <reader@example.net>\nSubject: Automatische Antwort: Digest\nAuto-Submitted: auto-replied',
			'Frau Reader does not exist here any more, the mailbox is no longer in use. Please write to info@example.net.\n',
		),
		kind: 'auto-reply',
		recipients: [],
	},
	{
		system: 'a challenge',
		raw: mail(
			'From: reader@example.net\nSubject: Please confirm your message',
			'This message was created automatically by mail delivery software (TMDA). Your message is waiting for confirmation.\n',
		),
		kind: 'auto-reply',
		recipients: [],
	},
	{
		system: 'a read receipt (RFC 8098)',
		raw: mail(
			'From: reader@example.net\nSubject: Read: Digest\nContent-Type: multipart/report; report-type=disposition-notification; boundary="=_b"',
			`
--=_b
Content-Type: text/plain

Your message was read on Monday.
--=_b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;reader@example.net
Disposition: manual-action/MDN-sent-manually; displayed

--=_b--
`,
		),
		kind: 'auto-reply',
		recipients: [],
	},
	{
		system: 'a person who answers',
		raw: mail(
			'From: Reader <reader@example.net>\nSubject: Re: Digest',
			'Thank you, I liked the story on failed harvests.\n',
		).replace('Return-Path: <>', 'Return-Path: <reader@example.net>'),
		kind: 'none',
		recipients: [],
	},
	{
		system: 'a DMARC aggregate report',
		raw: mail(
			'From: noreply-dmarc-support@example.com\nSubject: Report domain: news.example.org Submitter: example.com Report-ID: 1\nContent-Type: application/zip; name="a.zip"\nContent-Transfer-Encoding: base64',
			'UEsDBAoAAAAIAA==\n',
		).replace('Return-Path: <>', 'Return-Path: <noreply@example.com>'),
		kind: 'none',
		recipients: [],
	},
]
