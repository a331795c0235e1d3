import type { KnownWordings } from './meaning.ts'

/** The mail systems of Unix, as their source code words it. */
export const unixMailers: readonly KnownWordings[] = [
	{
		system: 'Exim',
		source: 'Exim 4 source, src/deliver.c, src/moan.c, src/transports/smtp.c and src/routers/*',
		replies: {
			'no-such-domain': [
				/unrouteable address|all relevant mx records point to non-existent hosts|all host address lookups failed permanently|the mail server could not deliver mail to the domain/,
			],
			'no-such-user': [/unknown local-part .{0,80} in domain|unknown user:? "?\w/],
			'mailbox-full': [/mailbox is full|user is over quota|error: quota exceed/],
			'accepts-no-mail': [/no host found for existing smtp connection/],
			program: [/delivery to (?:file|pipe) forbidden|local delivery failed|lmtp error after/],
			unreachable: [
				/all hosts (?:for .{0,200} )?have been failing for a long time|retry time not reached for any host/,
			],
			loop: [/too many "received" headers/],
		},
		copyBegins: [
			/^-{2,8} this is a copy of (?:the|your) (?:message|body of the message|headers)/,
			/^-{2,8} the body of the message is \d+ characters/,
			/^-{2,8} a copy of the message/,
		],
	},
	{
		system: 'Postfix',
		source: 'Postfix source, src/bounce/bounce_templates.c, src/smtpd/smtpd_check.c, src/global/mail_error.c',
		sentences: { unreachable: [/name service error for .{0,200}host not found, try again/] },
		replies: {
			'no-such-user': [/unknown user: "/],
			'user-unknown': [/user unknown in (?:\w+ ){1,4}table|undeliverable address:|unverified address:/],
			'no-such-domain': [/host or domain name not found\. name service error for .{0,200}: host not found$/],
			'blocked-sender': [/helo command rejected|client host rejected|sender address rejected/],
			'accepts-no-mail': [/domain \S{1,200} does not accept mail|domain service refused/],
			unreachable: [/delivery temporarily suspended|mail transport unavailable/],
			loop: [/mail for \S{1,200} loops back to myself|mail forwarding loop for/],
		},
		recipientLines: [/^<([^<>\s]{1,300}@[^<>\s]{1,255})>(?: \(expanded from.{0,300})?:/],
		copyBegins: [/^-{3,} ?undelivered message headers/],
	},
	{
		system: 'sendmail',
		source:
			'sendmail 8 source, sendmail/savemail.c, sendmail/err.c, sendmail/usersmtp.c, sendmail/sysexits.c; sendmail 5',
		replies: {
			'no-such-user': [/mail\.local: unknown (?:user|name)/],
			'no-such-domain': [/host unknown \(name server|host unknown \(authoritative answer/],
			'mailbox-full': [/mail\.local: .{0,80}(?:quota|full)/],
			loop: [/local configuration error|config error: mail loops back|mx list for .{0,200} points back/],
			system: [
				/mail server temporarily rejected|unknown mailer error|cannot mail directly to (?:files|programs)|service unavailable/,
			],
		},
		copyBegins: [
			/^ {0,8}-{2,8} (?:original|returned|unsent|undelivered) message (?:follows|text)?/,
			/^ {0,8}-{2,8} (?:message|unsent message|returned message|message header) (?:follows|below|text)/,
			/^ {0,8}-{2,8} (?:no message was collected|message text unavailable)/,
		],
	},
	{
		system: 'qmail and its relatives (netqmail, s/qmail, vpopmail, magic-smtpd)',
		source:
			'qmail source, qmail-send.c, qmail-remote.c, qmail-local.c; the qmail-send bounce message format (QSBMF)',
		replies: {
			'no-such-user': [
				/sorry, no mailbox here by that name|no mailbox here by that name|vdeliv?ermail: .{0,40}no (?:such )?(?:user|mailbox)|this address no longer (?:exists|accepts mail)/,
			],
			'no-such-domain': [
				/sorry, i couldn't find any host (?:by that name|named)|couldn't find a mail exchanger or ip address/,
			],
			relaying: [/that domain isn't in my list of allowed rcpthosts|isn't in my control\/locals file/],
			disabled: [/vdeliv?ermail: account is locked|account is locked email bounced/],
			'mailbox-full': [
				/user is over (?:the )?quota|message would exceed quota|mail ?directory is full|this user has too much mail|account is over quota/,
			],
			loop: [
				/this message is looping|it already has my delivered-to line|sorry, no mx or a record|sorry, although i'm listed as a best-preference mx/,
			],
			unreachable: [
				/i wasn't able to establish an smtp connection|cname lookup failed temporarily|no smtp connection got far enough/,
			],
		},
		copyBegins: [
			/^-{2,8} ?(?:below|enclosed|attached).{0,30}(?:is|are) (?:a copy|the (?:original )?(?:message|mail|headers?)|an? )/,
			/^-{2,8} ?(?:below this line|below the next line|underneath this line|en-?dessous|unter|debajo)/,
			/^-{2,8} ?returned (?:mail|message)/,
		],
		recipientLines: [/^<([^<>\s]{1,300}@[^<>\s]{1,255})>:$/],
	},
	{
		system: 'Courier',
		source: 'Courier source, courier/module.dsn/dsn*.txt, courier/courierlocal',
		replies: { 'mailbox-full': [/maildir over quota/] },
	},
	{
		system: 'OpenSMTPD and DragonFly Mail Agent',
		source: 'OpenSMTPD source, usr.sbin/smtpd/bounce.c and mta.c; dma source, mail.c (bounce) and net.c',
		replies: {
			'no-such-domain': [
				/dns lookup failure: host .{0,200} not found|domain does not exist|invalid domain name/,
			],
			'accepts-no-mail': [/destination seem to reject all mails/],
			loop: [/loop detected/],
			unreachable: [
				/no mx found for d|network error on destination mxs|bad dns lookup error code|no reachable|address family mismatch on destination|all routes to destination blocked|could not retrieve (?:source address|credentials)|no valid route to/,
			],
			expired: [/envelope expired|could not deliver for the last \d{1,9} seconds/],
		},
		copyBegins: [
			/^ {0,8}below is a copy of the original message/,
			/^(?:message headers|original message) follows?\.?$/,
		],
		recipientLines: [/^there was an error delivering your mail to <([^<>\s]{1,300})>/],
	},
	{
		system: 'Smail, MMDF, PP, ZMailer, Charon and other old mailers',
		source: 'the programs’ own texts, as seen in public archives of mailing lists',
		replies: {
			'no-such-user': [
				/\(user\) unknown|no such local user|invalid final delivery userid|user not known at this/,
			],
		},
		copyBegins: [
			/^\|?-{5,} ?message text follows/,
			/^(?:the )?(?:text|header|body) of (?:the|your) (?:message|mail) follows/,
			/^your message (?:reads|begins|was|is) (?:as follows|below|\(in part\))/,
			/^-{3,} ?(?:start of )?(?:returned|rejected|original|undelivered|unsent|failed|bounced) (?:message|mail|e-?mail)/,
		],
		recipientLines: [
			/^failed addresses follow:? {0,4}(\S{1,300}@\S{1,255})/,
			/^error-for: {0,8}(\S{1,300}@\S{1,255})/,
		],
	},
	{
		system: 'procmail, maildrop, deliver and other delivery programs',
		source: 'procmail source, src/procmail.c; maildrop source, maildrop/deliver.C; sysexits.h',
		replies: {
			program: [
				/procmail: couldn't|maildrop: |error writing to mailbox|sysexits?\b|ex[_ ](?:cantcreat|tempfail|software)/,
			],
		},
	},
	{
		system: 'Dovecot (LDA, Sieve reject)',
		source: 'Dovecot source, src/lib-lda/mail-send.c; Pigeonhole ext-reject; RFC 5429',
		replies: {
			'mailbox-full': [/quota exceeded \(mailbox for user is full\)|not enough disk (?:space|quota)/],
		},
		recipientLines: [/^your message to <([^<>\s]{1,300})> was automatically rejected/],
	},
]
