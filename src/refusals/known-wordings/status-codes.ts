import type { Meaning } from './meaning.ts'

/**
 * What an enhanced status code means by itself, keyed without its first digit. Codes that are missing here say too
 * little (X.0.0, X.5.0, X.7.1 …) and leave the word to the text.
 * RFC 3463 §3.2 to 3.8 and the IANA registry of SMTP enhanced status codes (RFC 5248), which names further RFCs.
 */
export const statusMeanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
	['1.1', 'no-such-user'],
	['1.2', 'no-such-domain'],
	['1.3', 'no-such-user'],
	['1.6', 'moved'],
	['1.7', 'blocked-sender'], // bad sender's mailbox address syntax
	['1.8', 'blocked-sender'], // bad sender's system address
	['1.10', 'accepts-no-mail'], // RFC 7505; Exchange gives it to an unknown recipient: dead all the same
	['2.1', 'disabled'],
	['2.2', 'mailbox-full'],
	['2.3', 'too-large'],
	['2.4', 'system'],
	['3.1', 'system'], // mail system full: not the mailbox
	['3.2', 'system'],
	['3.3', 'content'],
	['3.4', 'too-large'],
	['3.5', 'system'],
	['4.1', 'unreachable'],
	['4.2', 'unreachable'],
	['4.3', 'system'],
	['4.4', 'no-such-domain'], // unable to route; with 4 it becomes temporary
	['4.5', 'unreachable'],
	['4.6', 'loop'],
	['4.7', 'expired'],
	['5.3', 'rate'], // too many recipients
	['6.1', 'content'],
	['6.2', 'content'],
	['6.3', 'content'],
	['6.5', 'content'],
	['6.6', 'content'],
	['6.7', 'content'], // RFC 6531: the address needs SMTPUTF8
	['6.8', 'content'],
	['6.9', 'content'],
	['7.2', 'refused-by-recipient'],
	['7.7', 'not-authenticated'],
	['7.8', 'not-authenticated'],
	['7.9', 'policy'], // RFC 4954 means a weak mechanism; Yahoo and others write it for policy
	['7.10', 'not-authenticated'],
	['7.11', 'not-authenticated'],
	['7.13', 'disabled'], // RFC 5248
	['7.15', 'policy'],
	['7.16', 'too-large'],
	['7.17', 'moved'], // RFC 7293: the mailbox has a new owner
	['7.18', 'moved'], // RFC 7293: the domain has a new owner
	['7.19', 'system'],
	['7.20', 'not-authenticated'], // RFC 7372, DKIM and SPF
	['7.21', 'not-authenticated'],
	['7.22', 'not-authenticated'],
	['7.23', 'not-authenticated'],
	['7.24', 'not-authenticated'],
	['7.25', 'blocked-sender'], // reverse DNS
	['7.26', 'not-authenticated'],
	['7.27', 'blocked-sender'], // RFC 7505: our domain takes no mail
	['7.28', 'rate'],
	['7.29', 'not-authenticated'],
	['7.30', 'not-authenticated'],
	// learn.microsoft.com, “Email non-delivery reports and SMTP errors in Exchange Online”
	['1.350', 'no-such-user'],
	['1.351', 'no-such-user'],
	['2.121', 'rate'],
	['2.122', 'rate'],
	['4.310', 'no-such-domain'],
	['4.312', 'unreachable'],
	['4.316', 'unreachable'],
	['4.317', 'unreachable'],
	['7.124', 'refused-by-recipient'],
	['7.133', 'refused-by-recipient'],
	['7.134', 'refused-by-recipient'],
	['7.135', 'refused-by-recipient'],
	['7.136', 'refused-by-recipient'],
	['7.232', 'rate'],
	['7.233', 'rate'],
	['7.501', 'blocked-sender'],
	['7.502', 'blocked-sender'],
	['7.503', 'blocked-sender'],
	['7.506', 'blocked-sender'],
	['7.507', 'blocked-sender'],
	['7.508', 'blocked-sender'],
	['7.509', 'not-authenticated'],
	['7.510', 'refused-by-recipient'],
	['7.511', 'blocked-sender'],
	['7.512', 'content'],
	['7.515', 'not-authenticated'],
	['7.705', 'rate'],
	['7.708', 'blocked-sender'],
])

/** The meaning of a status code such as `5.1.1`; undefined where it says too little. */
export function meaningOfStatus(status: string): Meaning | undefined {
	const detail = status.slice(2)
	const known = statusMeanings.get(detail)
	if (known) return known
	// Exchange Online: 5.7.606 to 5.7.649 are banned addresses, 5.7.7xx sending limits
	if (/^7\.6[0-4]\d$/.test(detail)) return 'blocked-sender'
	if (/^7\.7\d\d$/.test(detail)) return 'rate'
	return undefined
}

/** Whether a status code says of itself that the destination address is wrong (RFC 3463 §3.2, and X.4.4). */
export function isAddressStatus(status: string): boolean {
	return /^[45]\.(?:1\.(?:[01236]|10|350|351)|4\.4)$/.test(status)
}
