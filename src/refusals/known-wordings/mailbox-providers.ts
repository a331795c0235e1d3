import type { KnownWordings } from './meaning.ts'

/** Large providers of mailboxes, from their postmaster pages and the notices that they write. */
export const mailboxProviders: readonly KnownWordings[] = [
	{
		system: 'Gmail, Google Workspace and Google Groups',
		source:
			'support.google.com/a/answer/3726730 (SMTP error reference) and the notices of Mail Delivery Subsystem',
		replies: {
			'no-such-user': [
				/e-?mail account that you tried to reach does not exist|address (?:couldn't|could not) be found|wasn't delivered to .{0,120} because the address|nosuchuser/,
			],
			'no-such-domain': [
				/because the domain .{0,200} couldn't be found|dns error: .{0,60}domain name not found/,
			],
			'accepts-no-mail': [/domain .{0,200} doesn't receive email according to the administrator/],
			disabled: [/e-?mail account that you tried to reach is (?:disabled|inactive)/],
			'mailbox-full': [
				/e-?mail account that you tried to reach is over quota|(?:recipient's )?inbox is out of storage space|overquota/,
			],
			rate: [
				/account that you tried to reach is receiving e?mail (?:at a rate|too quickly)|daily (?:smtp relay|user sending)|unsolicitedratelimiterror|receivingrate/,
			],
			content: [/its content presents a potential security issue/],
			spam: [
				/rejected due to spam classification|our system has detected that this message is|likely unsolicited mail|unsolicitedmessageerror/,
			],
			'not-authenticated': [
				/not (?:be )?accepted due to domain's|this (?:mail|message) (?:is unauthenticated|has been blocked because the sender is unauthenticated)/,
			],
			'refused-by-recipient': [
				/group you tried to contact|group .{0,120}may not exist|permission to post messages to the group/,
			],
			unreachable: [/recipient server did not accept our requests to connect/],
		},
		copyBegins: [/^-{3,} ?original message ?-{3,}$/, /^-{3,} ?message header follows/],
	},
	{
		system: 'Yahoo, AOL and the domains that they serve',
		source: 'senders.yahooinc.com/smtp-error-codes and postmaster.aol.com (error code pages)',
		replies: {
			'no-such-user': [
				/delivery error: dd this user doesn't have an? |dd requested mail action aborted, mailbox not found/,
			],
			disabled: [
				/account has been (?:temporarily )?(?:disabled|suspended)|this account has been disabled or discontinued|\[#10[12]\]/,
			],
			rate: [
				/\[tss?0\d\]|\[gl0\d\]|temporarily deferred due to|messages from .{0,80} temporarily deferred|\b421 .{0,20}\[ts/,
			],
			'blocked-sender': [
				/\[bl\d\d\]|all messages from .{0,80} will be permanently deferred|rly:b\d|rtr:(?:bl|ge|sc)|dns:nr|\(hvu:b\d\)|cnn:/,
			],
			policy: [/not accepted for policy reasons|\[?ph0\d\]?/],
			'mailbox-full': [/dd requested mail action aborted: exceeded storage/],
		},
		copyBegins: [/^-{2,} ?(?:below this line is a copy|original message follows)/],
	},
	{
		system: 'Outlook.com, Hotmail and Office 365 as a receiver',
		source:
			'learn.microsoft.com, “Email non-delivery reports in Exchange Online”; sendersupport.olc.protection.outlook.com',
		replies: {
			'blocked-sender': [
				/unfortunately, messages from .{0,120} weren't sent|part of their network is on our block list|\b(?:sc|dy|ou|rp)-00[1-9]\b|banned sending ip|\bs3140\b|\bs3150\b|temporarily rate limited due to ip reputation/,
			],
			'not-authenticated': [
				/does not pass dmarc|sending domain .{0,120} does not|required authentication level/,
			],
			'no-such-user': [/requested action not taken: mailbox unavailable \((?:s20\d|-\d{1,12}:)/],
			disabled: [/mailbox unavailable or access denied/],
			'no-such-domain': [/because the domain is not reachable|recipient address reserved by rfc 2606/],
		},
	},
	{
		system: 'Apple iCloud',
		source: 'support.apple.com/102322 (postmaster information) and its replies',
		replies: {
			'mailbox-full': [/(?:user|recipient) (?:is )?over quota/],
			'blocked-sender': [/blocked - see http|ipcheck\.proofpoint\.com/],
			disabled: [/mailbox temporarily unavailable|user disabled/],
		},
	},
	{
		system: 'GMX, WEB.DE, 1&1 and mail.com',
		source: 'postmaster.gmx.net (error messages) and the notices of their mailers',
		replies: {
			'blocked-sender': [/nemesis esmtp service not available|bad dns ptr|no smtp service/],
			expired: [/delivery retry timeout exceeded/],
			'mailbox-full': [/mailbox storage limit exceeded/],
		},
		copyBegins: [/^-{2,} ?the header of the original message is following/],
	},
	{
		system: 'T-Online, Freenet, Strato',
		source: 'postmaster.t-online.de and the providers’ error pages',
		replies: {
			'blocked-sender': [
				/ask your postmaster for help or to contact|a problem occurred\. \(ask your postmaster|\(bl\)/,
			],
			rate: [/too many (?:connections|spam) from your host/],
		},
	},
	{
		system: 'Orange, Wanadoo, SFR, Free, La Poste',
		source: 'postmaster.orange.fr, postmaster.free.fr, postmaster.sfr.fr and csi.cloudmark.com',
		replies: {
			'no-such-user': [/adresse destinataire invalide|\b(?:lpn|ofr)0?0?7[_ ]?416|\bofr[_ ]?416/],
			'blocked-sender': [/\b(?:ofr|lpn)\d{0,3}[_ ]10[1-9]|adresse ip source bloquee|csi\.cloudmark\.com/],
			spam: [/mail rejete\. mail rejected|\bofr\d{0,3}[_ ]50[56]/],
			'mailbox-full': [/boite du destinataire pleine/],
			disabled: [/boite du destinataire archivee|archived recipient/],
			rate: [/service refuse\. veuillez essayer plus tard|\bofr\d{0,3}[_ ]10[3-5]|trop de connexions/],
		},
	},
	{
		system: 'mail.ru, Yandex, Rambler',
		source: 'help.mail.ru/postmaster, yandex.ru/support/mail (delivery errors) and their notices',
		replies: {
			'no-such-user': [/message was not accepted -- invalid mailbox|no such user!/],
			'mailbox-full': [/no space left in mailbox|mailbox size limit exceeded/],
			disabled: [/(?:recipient's )?account is (?:disabled|suspended)|policy rejection on the target address/],
			spam: [/message rejected under suspicion of spam|spam message rejected/],
			rate: [/sorry, the service is currently unavailable\. please come back later/],
		},
	},
	{
		system: 'Facebook',
		source: 'postmaster.facebook.com/response_codes (as published until its end)',
		replies: {
			'refused-by-recipient': [/\brcp-p[234]\b/],
			'user-unknown': [/\brcp-p1\b/],
			rate: [/\bconn-t\d|\brcp-t\d|\bint-t\d|\bpol-t\d/],
			'blocked-sender': [/\bpol-p\d|\bmsg-p\d|\bconn-p\d|\bdns-p\d|\bsnd-p\d|\bint-p\d/],
			'too-large': [/\bint-p4\b/],
		},
	},
	{
		system: 'QQ, NetEase, Sina and Coremail',
		source: 'service.mail.qq.com (error codes) and help.163.com (551: 退信代码)',
		replies: {
			spam: [/\bdt:spm\b/],
			'no-such-user': [/mailbox not found\. http|user not found: /],
			'blocked-sender': [
				/suspected bounce attacks|ip is rejected, smtp auth error|mi:(?:spf|dmc|ipb|sfq|rbl)/,
			],
			rate: [
				/connection frequency limited|domain frequency limited|ip frequency limited|mi:(?:rto|ipl|frq|rcp)|mailbox unavailable or .{0,20}frequency/,
			],
		},
	},
	{
		system: 'Zoho, Fastmail, ProtonMail, Rackspace, GoDaddy, Comcast, Cox, Spectrum, AT&T, Verizon',
		source: 'the providers’ postmaster and error code pages',
		replies: {
			'blocked-sender': [
				/\b(?:bl0\d{5}|cxbl|cxsnd|ib\d{3}[a-z]?|ib10\d|e\d{4}\.?)\b.{0,80}(?:block|reject|refus|den|reputation)|blocked by earthlink|for information see http:\/\/(?:att|postmaster)|policy related|fbl02|aup#(?:in-)?\d{2,4}|aup#(?:bl|sdr|mxrt|spm)/,
			],
			'no-such-user': [/not our customer|account not (?:available|found)|recipient not found\. <http/],
			unreachable: [/host not reachable/],
		},
	},
]
