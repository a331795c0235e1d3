import { createPublicKey } from 'node:crypto'
import { isIP } from 'node:net'
import {
	type DkimKey,
	dkimRecordName,
	dkimRecordValue,
	isAligned,
	openDkimKey,
} from '../../kernel/dkim-key.ts'
import type { Newsletter } from '../newsletter.ts'
import { partOfKnownRelay } from './known-relays.ts'

/** What the settings say of how mail leaves and comes back. */
export type SenderConfig = {
	publicUrl: string
	/** One relay or several, separated by spaces. */
	smtpUrl: string | undefined
	bounceDomain: string | undefined
	dkimKeys: readonly DkimKey[]
	inbound: object | undefined
	imap: { url: string } | undefined
}

/**
 * A record that the sender's domain needs. `hint` says what is special about it: each has its words in
 * `console.sender.hint`. `asks` where something must be decided before there is a record. Without `value` somebody else
 * knows it, as `hint` says.
 */
export type DnsRecord = {
	purpose: 'dkim' | 'spf' | 'dmarc' | 'returned' | 'pages'
	hint: string
	asks: boolean
	type: 'TXT' | 'MX' | 'A'
	/** In full, without a dot at its end. */
	name: string
	value: string | undefined
	/** What `hint` names: another domain, a server. */
	of: string
}

/** The records in DNS that follow from the settings, in the order of their weight. Nothing is looked up. */
export function listDnsRecords(
	{ fromAddress }: Pick<Newsletter, 'fromAddress'>,
	config: SenderConfig,
): DnsRecord[] {
	const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1).toLowerCase()
	return [
		...listSignatures(domain, config),
		describePolicyOfSenders(domain, config),
		// RFC 7489 §6.3: none asks nothing of anybody yet, and is what mailbox providers want to find at least
		{ ...txt('dmarc', 'watch'), name: `_dmarc.${domain}`, value: 'v=DMARC1; p=none' },
		...listReturning(config),
		...listPages(config),
	]
}

const txt = (purpose: DnsRecord['purpose'], hint: string) =>
	({ purpose, hint, asks: false, type: 'TXT', value: undefined, of: '' }) as const

function listSignatures(domain: string, { dkimKeys, smtpUrl }: SenderConfig): DnsRecord[] {
	const [first] = dkimKeys
	if (!first) {
		const relay = hostsOf(smtpUrl)[0]?.name ?? ''
		return [{ ...txt('dkim', relay ? 'relay_signs' : 'nobody_signs'), asks: true, name: domain, of: relay }]
	}
	return dkimKeys.map((key, index) => {
		const asks = !isAligned(domain, key.domain.toLowerCase())
		const hint = asks ? 'unaligned' : index > 0 ? 'second_signature' : 'signature'
		return { ...txt('dkim', hint), asks, name: dkimRecordName(key), value: recordOf(key), of: key.domain }
	})
}

function recordOf(key: DkimKey): string | undefined {
	const opened = openDkimKey(key)
	return opened.ok ? dkimRecordValue(key.algorithm, createPublicKey(opened.key)) : undefined
}

/** SPF is asked of the return path's domain (RFC 7208 §2.4). */
function describePolicyOfSenders(domain: string, config: SenderConfig): DnsRecord {
	const name = config.bounceDomain ?? domain
	const relays = hostsOf(config.smtpUrl)
	if (relays.length === 0) return { ...txt('spf', 'no_relay'), name }
	const parts = relays.map((relay) => partOf(relay, config.publicUrl))
	const of = relays.map((relay) => relay.name).join(', ')
	if (parts.some((part) => part === undefined)) return { ...txt('spf', 'ask_relay'), asks: true, name, of }
	const known = relays.every((relay) => partOfKnownRelay(relay.name))
	const value = `v=spf1 ${[...new Set(parts)].join(' ')} ~all`
	return { ...txt('spf', known ? 'known_relay' : 'own_relay'), name, value, of }
}

type Host = { name: string; isLocal: boolean }

function partOf({ name, isLocal }: Host, publicUrl: string): string | undefined {
	// a relay on this machine hands mail out from the address of its pages
	const [own] = isLocal ? hostsOf(publicUrl) : []
	if (isLocal) return own && !own.isLocal ? partOf(own, publicUrl) : undefined
	// how mail leaves a private network is not known here
	if (/^(?:10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.|^(?:f[cd]|fe80)[\da-f]*:/i.test(name))
		return undefined
	const version = isIP(name)
	if (version > 0) return version === 4 ? `ip4:${name}` : `ip6:${name}`
	// a name without a dot is known in its own network only
	return partOfKnownRelay(name) ?? (name.includes('.') ? `a:${name}` : undefined)
}

/** The hosts of URLs that are separated by spaces. */
function hostsOf(urls: string | undefined): Host[] {
	return (urls ?? '').split(/\s+/).flatMap((url) => {
		const name = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '')
		return name ? [{ name, isLocal: /^(?:localhost|127\..*|::1|0\.0\.0\.0|::)$/i.test(name) }] : []
	})
}

function listReturning({ bounceDomain, inbound, imap, publicUrl }: SenderConfig): DnsRecord[] {
	if (!bounceDomain) return []
	const mx = { purpose: 'returned', type: 'MX', name: bounceDomain } as const
	const [mailbox] = hostsOf(imap?.url)
	const [own] = hostsOf(publicUrl)
	if (inbound) {
		// RFC 5321 §5.1: a name, and no address
		const host = own && !own.isLocal && isIP(own.name) === 0 ? own.name : undefined
		const value = host && `10 ${host}`
		return [{ ...mx, hint: value ? 'listener' : 'listener_unnamed', asks: !value, value, of: '' }]
	}
	if (mailbox) return [{ ...mx, hint: 'mailbox', asks: false, value: undefined, of: mailbox.name }]
	return [{ ...mx, hint: 'nobody_takes', asks: true, value: undefined, of: bounceDomain }]
}

function listPages({ publicUrl }: SenderConfig): DnsRecord[] {
	const [own] = hostsOf(publicUrl)
	if (!own || isIP(own.name) > 0) return []
	const hint = own.isLocal ? 'local_pages' : 'pages'
	return [
		{ purpose: 'pages', type: 'A', name: own.name, hint, asks: own.isLocal, value: undefined, of: own.name },
	]
}
