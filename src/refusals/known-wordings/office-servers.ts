import type { KnownWordings } from './meaning.ts'

/** The mail servers of companies: Exchange, Notes, GroupWise and their like. */
export const officeServers: readonly KnownWordings[] = [
	{
		system: 'Microsoft Exchange 5.5 to 2019 and Exchange Online',
		source:
			'learn.microsoft.com, “NDR error codes in Exchange Online” and “DSN messages in Exchange Server”; texts of Exchange 5.5 and 2000',
		sentences: {
			'refused-by-recipient': [/resolver\.rst\.(?:auth|notauth|sendernotauth|restrict)\w{0,40}/],
		},
		replies: {
			'no-such-user': [
				/resolver\.adr\.(?:ex)?recip(?:ient)?notfound|recipientnotfound|recipient name is not recogni[sz]ed|the e-?mail account does not exist at the organization|(?:the )?e-?mail address (?:you entered )?(?:wasn't found|could(?:n't| not) be found)|\(000c05a6\) unknown recipient|no recipients? were found in the directory/,
				/the recipient(?:'s e-?mail address)? (?:was not|wasn't|could not be|couldn't be) found|remote server returned unknown recipient/,
				/recipient address rejected ?: ?access denied/,
			],
			'user-unknown': [/recipient addresses rejected ?: ?access denied/],
			'mailbox-full': [
				/storedrv\.deliver[\w.;:]{0,40} ?(?:mailbox full|recipient mailbox full)|mapiexceptionshutoffquotaexceeded|mailbox (?:has |would )?exceed/,
			],
			disabled: [/mapiexceptionmailboxindisabled|mailboxdisabled|mailbox is disabled/],
			'refused-by-recipient': [
				/resolver\.rst\.(?:authrequired|notauthorized|sendernotauthenticated\w{0,20}|restricted\w{0,20})|you do not have permission to send to this recipient|delivery to this address is restricted|your message can't be delivered because delivery to this address/,
			],
			'too-large': [/resolver\.rst\.(?:recip|send)sizelimit|message size exceeds (?:fixed )?maximum/],
			system: [
				/storedrv\.(?:deliver|submit)|mapiexception|smtpsend\.|the (?:message|recipient) could not be (?:converted|delivered)/,
			],
			loop: [/(?:resolver|agent)\.loop|hop count exceeded|routing\.loop/],
			expired: [/queue\.expired|the server has tried to deliver this message, without success/],
			'blocked-sender': [
				/banned sender|access denied, (?:bad outbound sender|traffic not accepted|banned)|service unavailable, (?:client|sender) .{0,80}block|your organization does not allow external forwarding/,
			],
			rate: [/submissionquotaexceeded|tenant .{0,60}(?:limit|threshold)|recipient rate limit/],
		},
		copyBegins: [/^original message headers:?$/],
		recipientLines: [
			/^ {0,8}(\S{1,300}@\S{1,255}) on (?:mon|tue|wed|thu|fri|sat|sun|\d)/i,
			/^(\S{1,300}@\S{1,255})<mailto:/,
			/^ {0,8}'?(\S{1,300}@\S{1,255}?)'? on \d/,
			/^did not reach the following recipient(?:\(s\))?: {0,4}(\S{1,300}@\S{1,255})/i,
		],
	},
	{
		system: 'IBM Notes and Domino',
		source: 'IBM documentation, “Delivery failure report messages”; texts of the Domino router',
		replies: {
			'no-such-user': [
				/not (?:listed|found) in (?:the )?(?:public )?(?:name & address book|domino directory|directory)|non répertorié dans l'annuaire domino|no se encuentra en el directorio de domino|nicht im domino-verzeichnis|ディレクトリ(?:ー)?(?:には|のリストに)(?:見つかりません|ありません)/,
			],
			'no-such-domain': [/no route found to (?:domain|server)|no (?:valid )?route found/],
			'mailbox-full': [
				/user's mail file .{0,60}(?:full|quota)|(?:database|mail file) (?:is )?over (?:its )?quota|cannot allocate database object - database would exceed its disk quota/,
			],
			loop: [/maximum hop count exceeded/],
			unreachable: [/error transferring to .{0,100}(?:unable to|time|not respond|disconnect)/],
			policy: [/reason: access control|authorization failure/],
			system: [/error delivering to .{0,200}/],
		},
		copyBegins: [/^-{3,} ?returned message ?-{0,}/],
	},
	{
		system: 'Novell GroupWise',
		source: 'GroupWise documentation, GWIA undeliverable messages',
		replies: {
			'no-such-user': [/\(user not found\)/],
			policy: [/\(transfer failed|mail delivery status: undeliverable/],
		},
		recipientLines: [/^ {2,12}(\S{1,300}@\S{1,255}) \(.{1,200}\)$/],
	},
	{
		system: 'Sun, iPlanet and Oracle Messaging Server, PMDF',
		source: 'Oracle documentation, “Delivery status notification messages” (return_*.txt files)',
		replies: {
			'no-such-user': [/unknown or illegal (?:alias|user)|illegal or unknown alias/],
			'no-such-domain': [/illegal host\/domain name found/],
			'mailbox-full': [/lmtp transmission failure has occurred.{0,200}over quota/],
		},
		recipientLines: [/^ {0,8}recipient address: {0,4}(\S{1,300}@\S{1,255})/i],
	},
	{
		system: 'Verizon and vtext.com (on James)',
		source: 'the notices of vtext.com and vzwpix.com',
		replies: { 'no-such-user': [/error: invalid user address/] },
	},
	{
		system: 'Apache James',
		source: 'James source, mailets DSNBounce, Bounce and NotifySender',
		recipientLines: [/^ {0,8}rcpt to: {0,4}<?([^<>\s]{1,300}@[^<>\s]{1,255})>?/i],
		copyBegins: [/^-{2,} ?original message/],
	},
	{
		system:
			'IMail, MDaemon, MailEnable, Merak, SmarterMail, hMailServer, CommuniGate, Kerio, Lotus cc:Mail, VPOP3, NTMail, Post.Office, Mercury',
		source: 'the products’ texts, as in their documentation and knowledge bases',
		replies: {
			disabled: [/mail receiving disabled/],
			'no-such-user': [
				/unknown user account|unknown local user|(?:^|[.:] )unknown user: ?<>|no such user(?: here)? - |<> ?[-–,] ?no such user here|account .{0,80} not found here/,
			],
			'mailbox-full': [/user mailbox exceeds allowed size/],
			expired: [/delivery failed \d{1,6} attempts/],
			unreachable: [/unable to deliver mail to .{0,60} because .{0,60}(?:connect|reach)/],
		},
		recipientLines: [
			/^failed to deliver to '?<?([^<>'\s]{1,300}@[^<>'\s]{1,255})/i,
			/^delivery failed \d{1,6} attempts: {0,4}(\S{1,300}@\S{1,255})/i,
			/^(?:unknown user|unknown local user|undeliverable to|undeliverable address|invalid user|user mailbox[^:]{0,60}): {0,4}<?([^<>\s]{1,300}@[^<>\s]{1,255})>?/i,
			/^undeliverable to {1,4}<?([^<>\s]{1,300}@[^<>\s]{1,255})>?/i,
			/^(?:failed recipient|intended recipient|failed address|undeliverable address|receiver not found|addressed to|recipient|error on address): {0,8}<?([^<>\s]{1,300}@[^<>\s]{1,255})>?/i,
		],
		copyBegins: [
			/^original message follows/,
			/^: message contains \[?\d*\]? ?/,
			/^-{2,} ?(?:returned|original) (?:mail|message)/,
			/^-{3,}returned mail follows/,
			/^\*{3,} ?(?:original|returned) message/,
		],
	},
]
