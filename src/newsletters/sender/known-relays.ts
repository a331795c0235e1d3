/**
 * What providers of relays tell their customers to put into SPF: mail leaves from other machines than take it. By the end
 * of the relay's name. Sources: each provider's page on setting up a sender's domain.
 */
const parts: ReadonlyArray<[name: string, part: string]> = [
	['amazonaws.com', 'include:amazonses.com'],
	['brevo.com', 'include:spf.brevo.com'],
	['sendinblue.com', 'include:spf.brevo.com'],
	['mailgun.org', 'include:mailgun.org'],
	['mailjet.com', 'include:spf.mailjet.com'],
	['sendgrid.net', 'include:sendgrid.net'],
	['sparkpostmail.com', 'include:sparkpostmail.com'],
	['postmarkapp.com', 'include:spf.mtasv.net'],
	['google.com', 'include:_spf.google.com'],
	['gmail.com', 'include:_spf.google.com'],
	['office365.com', 'include:spf.protection.outlook.com'],
	['outlook.com', 'include:spf.protection.outlook.com'],
	['infomaniak.com', 'include:spf.infomaniak.ch'],
	['ovh.net', 'include:mx.ovh.com'],
	['gandi.net', 'include:_mailcust.gandi.net'],
	['fastmail.com', 'include:spf.messagingengine.com'],
]

/** The part of SPF (RFC 7208 §5) that a known provider's relay needs; undefined where the relay is none of theirs. */
export function partOfKnownRelay(host: string): string | undefined {
	const name = host.toLowerCase().replace(/\.$/, '')
	return parts.find(([end]) => name === end || name.endsWith(`.${end}`))?.[1]
}
