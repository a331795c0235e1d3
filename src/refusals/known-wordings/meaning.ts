import type { BounceClass } from '../../kernel/enumerations.ts'

/**
 * What a refusal says, finer than the classes. The order is that of their strength: where a text holds several
 * wordings, the first of this list decides, because the earlier ones name a cause and the later ones its effect.
 */
export const meanings = [
	'accepts-no-mail', // the domain says so itself: null MX (RFC 7505)
	'mailbox-full',
	'disabled', // suspended, frozen, inactive: RFC 3463 X.2.1 allows that it comes back
	'moved',
	'too-large',
	'not-authenticated', // SPF, DKIM, DMARC, SMTP AUTH, TLS
	'blocked-sender', // blocklist, reputation, reverse DNS
	'busy-recipient', // more comes in for the mailbox than it may take: theirs, and it passes
	'rate',
	'virus',
	'spam',
	'refused-by-recipient', // the mailbox exists and doesn't want us, or only some
	'relaying',
	'by-policy', // a rule is named as the reason
	'program', // the delivery program of the mailbox failed
	'no-such-user', // said by somebody who knows: it is proof
	'no-such-domain',
	'unknown-host', // a host or domain does not exist, and it is not said whose
	'user-unknown', // said, but filters say it too: proof only with a status or at RCPT
	'said-unknown', // said of something that is no word for an address nor for anything of ours: never proof
	'unwanted-content', // something of the message is called invalid or unknown
	'content',
	'greylisted',
	'loop',
	'unreachable',
	'policy',
	'system',
	'expired',
] as const

export type Meaning = (typeof meanings)[number]

/** The class of each meaning, and the detail (RFC 3463) that stands for it where a report gives no status. */
export const meaningFacts: Readonly<Record<Meaning, { class: BounceClass; detail: string }>> = {
	'accepts-no-mail': { class: 'address', detail: '1.10' },
	'mailbox-full': { class: 'mailbox-full', detail: '2.2' },
	disabled: { class: 'temporary', detail: '2.1' },
	moved: { class: 'address', detail: '1.6' },
	'too-large': { class: 'content', detail: '3.4' },
	'not-authenticated': { class: 'sender', detail: '7.26' },
	'blocked-sender': { class: 'sender', detail: '7.1' },
	rate: { class: 'sender', detail: '7.28' },
	virus: { class: 'content', detail: '7.0' },
	spam: { class: 'content', detail: '7.0' },
	'refused-by-recipient': { class: 'policy', detail: '7.1' },
	relaying: { class: 'policy', detail: '7.1' },
	'by-policy': { class: 'policy', detail: '7.1' },
	'busy-recipient': { class: 'temporary', detail: '3.2' },
	'no-such-user': { class: 'address', detail: '1.1' },
	'no-such-domain': { class: 'address', detail: '1.2' },
	'user-unknown': { class: 'address', detail: '1.1' },
	'unknown-host': { class: 'sender', detail: '7.1' },
	'said-unknown': { class: 'address', detail: '1.0' },
	program: { class: 'temporary', detail: '3.0' },
	'unwanted-content': { class: 'content', detail: '6.0' },
	content: { class: 'content', detail: '6.0' },
	greylisted: { class: 'temporary', detail: '7.1' },
	loop: { class: 'temporary', detail: '4.6' },
	unreachable: { class: 'temporary', detail: '4.1' },
	policy: { class: 'policy', detail: '7.1' },
	system: { class: 'temporary', detail: '3.0' },
	expired: { class: 'temporary', detail: '4.7' },
}

/**
 * What one mail system is known to write. All patterns are in lower case, without flags, and meet text in lower case
 * whose white space is single spaces and whose addresses are `<>`; repetitions are bounded.
 */
export type KnownWordings = {
	system: string
	/** Where the wording is from: a standard, documentation, or the software that writes it. */
	source: string
	/** Whole sentences, tried before all stems: they say one thing whatever words they are made of. */
	sentences?: Readonly<Partial<Record<Meaning, readonly RegExp[]>>>
	/** Stems of what refusals say. */
	replies?: Readonly<Partial<Record<Meaning, readonly RegExp[]>>>
	/** Lines after which a copy of the returned message follows; these meet single lines in lower case. */
	copyBegins?: readonly RegExp[]
	/** Lines that name a recipient in group 1 (and its domain or host part in the same); these ignore letter case. */
	recipientLines?: readonly RegExp[]
}
