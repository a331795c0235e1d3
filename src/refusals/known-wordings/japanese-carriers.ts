import type { KnownWordings } from './meaning.ts'

/**
 * Japanese mobile carriers and providers. docomo and au answer `550 Unknown user` both for addresses that do not exist
 * and, after DATA, for mail that the person's own filter refuses: the words alone prove nothing there.
 */
export const japaneseCarriers: readonly KnownWordings[] = [
	{
		system: 'au and ezweb (KDDI)',
		source: 'the notices of ezweb.ne.jp (Mail System Error - Returned Mail) and its replies to DATA',
		replies: {
			'mailbox-full': [/as their mailbox is full/],
			'no-such-domain': [/as the remote domain doesn'?t exist/],
			disabled: [/the user\(s\) account is (?:temporarily )?(?:disabled|limited|suspended)/],
			'refused-by-recipient': [
				/user\(s\) .{0,40}(?:refus|reject)|(?:^|-> )(?:550: ?)?: user unknown|the following recipients? refused/,
			],
			expired: [/your message was not delivered within \d{1,4} days? and \d{1,4} hours?/],
		},
		recipientLines: [
			/^(?:could not be delivered to|the following recipients? did not receive this message): {0,4}<?([^<>\s]{1,300}@[^<>\s]{1,255})>?/i,
		],
	},
	{
		system: 'SoftBank, Y!mobile, Vodafone (Japan)',
		source: 'the notices of softbank.ne.jp and disney.ne.jp',
		replies: {
			'user-unknown': [/invalid recipient: <>/],
		},
	},
	{
		system: 'Biglobe, So-net, OCN, DTI, Plala, Nifty',
		source: 'the providers’ notices',
		replies: {
			'mailbox-full': [/number of messages in recipient's mailbox exceeded the local limit/],
		},
	},
	{
		system: 'm-FILTER, InterScan, Active! hunter, FML, MailMarshal, Sophos (as used in Japan)',
		source: 'the products’ notices',
		copyBegins: [
			/^-{3,} ?original (?:message|mail)/,
			/^-{3,} ?returned message/,
			/^included is a copy of the message header/,
		],
		recipientLines: [/^>>> (\S{1,300}@\S{1,255}) </],
	},
]
