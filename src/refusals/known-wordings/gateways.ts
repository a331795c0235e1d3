import type { KnownWordings } from './meaning.ts'

/** Filters in front of mailboxes, and services that send or receive for others. */
export const gateways: readonly KnownWordings[] = [
	{
		system: 'Amazon SES and WorkMail',
		source: 'docs.aws.amazon.com/ses (notification contents, receiving: bounce templates)',
		replies: {
			'mailbox-full': [/amazon ses bounce: \w+\/mailboxfull/],
			'too-large': [/amazon ses bounce: \w+\/messagetoolarge/],
			content: [/amazon ses bounce: \w+\/(?:contentrejected|attachmentrejected)/],
			'no-such-user': [/amazon ses bounce: permanent\/(?:general|noemail)/],
			'user-unknown': [
				/address (?:blacklisted|is on the suppression list)|amazon ses has suppressed sending to this address/,
			],
			system: [/could not be delivered due to a recipient error|amazon ses bounce: transient\/general/],
		},
	},
	{
		system:
			'Proofpoint, Mimecast, MessageLabs (Symantec), Barracuda, IronPort (Cisco), Trend Micro, FortiMail, Forcepoint, Sophos, McAfee, SurfControl',
		source:
			'the vendors’ documentation of SMTP replies (for Mimecast community.mimecast.com, for Barracuda campus.barracuda.com)',
		replies: {
			'blocked-sender': [
				/blocked by mimecast|administrative prohibition - envelope blocked|rejected by header based blocking|barracudacentral\.org|\bbad reputation\b|sbrs|senderbase|recurrent\.? ?pattern|proofpoint.{0,40}(?:block|reput)/,
			],
			virus: [/mcspamsignature|contains (?:a )?(?:virus|malware)|mimecast ?av|virus signature/],
			spam: [
				/rejected due to security policies|message (?:contained|considered|scored|was identified as).{0,40}(?:spam|unsolicited)|considered unsolicited bulk|content rejected, ube|blocked by our (?:bulk email|spam) filter/,
			],
			'refused-by-recipient': [/rejected by (?:recipient|user) (?:policy|list)|blocked sender list/],
		},
	},
	{
		system: 'amavisd-new',
		source: 'amavisd-new documentation and notification templates',
		replies: {
			virus: [/message contained? (?:a )?virus|infected/],
			content: [/bad header|banned (?:name|content|filename)/],
			spam: [/spam, id|reject, id=\S{1,60} - (?:spam|ube)/],
		},
	},
	{
		system: 'PowerMTA',
		source: 'PowerMTA user guide, bounce categories (X-PowerMTA-BounceCategory)',
		replies: {
			'no-such-user': [/bouncecategory: bad-mailbox/],
			'no-such-domain': [/bouncecategory: bad-domain/],
			'mailbox-full': [/bouncecategory: quota-issues/],
			disabled: [/bouncecategory: inactive-mailbox/],
			spam: [/bouncecategory: (?:spam-related|content-related)/],
			virus: [/bouncecategory: virus-related/],
			policy: [/bouncecategory: policy-related/],
			unreachable: [/bouncecategory: (?:no-answer-from-host|bad-connection|routing-errors)/],
			relaying: [/bouncecategory: relaying-issues/],
			expired: [/bouncecategory: message-expired/],
		},
	},
	{
		system: 'SendGrid, Mailgun, SparkPost, Postmark',
		source: 'the services’ documentation of bounce classes',
		replies: {
			'user-unknown': [
				/not delivering to previously bounced address|recipient is on (?:the|a) suppression list/,
			],
			expired: [/unable to get mx info|delivery to the recipient was delayed/],
		},
	},
	{
		system: 'cPanel, Plesk and shared hosting',
		source: 'docs.cpanel.net and the Exim configuration that it ships',
		sentences: {
			// its router of last resort, reached where a domain has no route in the DNS
			'no-such-domain': [
				/the mail server could not deliver mail to <>\. the account or domain may not exist/,
			],
		},
		replies: {
			rate: [/domain .{0,120} has exceeded the max (?:emails|defers)/],
			'blocked-sender': [
				/verification failed for <>|sender verify failed|no such person at this address.{0,80}sender verify/,
			],
			'user-unknown': [/no such (?:user|person|recipient) (?:here|at this address)/],
		},
	},
]
