import { domainToASCII, domainToUnicode } from 'node:url'

/**
 * A checked mail address. `local` is as typed; `domain` is in lower case with A-labels (RFC 5891), as SMTP needs it.
 * `comparable` is what tells two addresses apart: nothing is folded but letter case.
 */
export type EmailAddress = { local: string; domain: string; comparable: string }

/** What can be wrong with an address; each has a sentence under `errors.address.` in the string catalogs. */
export type AddressProblem =
	| 'empty'
	| 'too_long' // 254 octets, RFC 5321 §4.5.3.1.3 less the angle brackets
	| 'no_at'
	| 'several_ats'
	| 'control' // line breaks and other control characters
	| 'space'
	| 'quoted' // RFC 5321 allows quoted local parts; no provider hands them out
	| 'local_empty'
	| 'local_too_long' // 64 octets, RFC 5321 §4.5.3.1.1
	| 'local_dots'
	| 'local_characters'
	| 'domain_empty'
	| 'domain_dot' // the dot at its end, as where a sentence was copied
	| 'domain_too_long' // 255 octets, RFC 5321 §4.5.3.1.2
	| 'domain_not_a_name' // one label only, an IP literal, an underscore …
	| 'domain_ending' // the last label is all digits or a single letter

export type ParsedAddress = { ok: true; address: EmailAddress } | { ok: false; problem: AddressProblem }

// RFC 5321 §4.1.2 Dot-string; RFC 6531 §3.3 adds all characters beyond ASCII
const localCharacters = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~.-]+$/u
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Turns what a person typed into an address, or says which part is wrong. Surrounding spaces are forgiven. */
export function parseEmailAddress(input: string): ParsedAddress {
	const text = input.trim().normalize('NFC')
	const refuse = (problem: AddressProblem): ParsedAddress => ({ ok: false, problem })
	if (text === '') return refuse('empty')
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return refuse('control')
	if (text.includes('"')) return refuse('quoted')
	if (/\s/.test(text)) return refuse('space')

	const at = text.indexOf('@')
	if (at < 0) return refuse('no_at')
	if (text.lastIndexOf('@') !== at) return refuse('several_ats')
	const local = text.slice(0, at)
	const typedDomain = text.slice(at + 1)

	if (local === '') return refuse('local_empty')
	if (Buffer.byteLength(local) > 64) return refuse('local_too_long')
	if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return refuse('local_dots')
	if (!localCharacters.test(local)) return refuse('local_characters')

	if (typedDomain === '') return refuse('domain_empty')
	if (typedDomain.endsWith('.')) return refuse('domain_dot')
	if (typedDomain.length > 1000) return refuse('domain_too_long')
	// domainToASCII reads like a URL's host: what a URL would treat specially is refused before
	if (/[/\\?#:[\]%_]/.test(typedDomain)) return refuse('domain_not_a_name')
	const domain = domainToASCII(typedDomain)
	if (domain === '') return refuse('domain_not_a_name')
	if (domain.length > 255) return refuse('domain_too_long')
	const labels = domain.split('.')
	if (labels.length < 2 || !labels.every((label) => domainLabel.test(label)))
		return refuse('domain_not_a_name')
	const last = labels.at(-1) ?? ''
	if (last.length < 2 || /^\d+$/.test(last)) return refuse('domain_ending')
	if (Buffer.byteLength(local) + 1 + domain.length > 254) return refuse('too_long')

	return { ok: true, address: { local, domain, comparable: `${local.toLowerCase()}@${domain}` } }
}

/** The address as SMTP and headers write it. */
export function formatAddress(address: { local: string; domain: string }): string {
	return `${address.local}@${address.domain}`
}

/** The address as people read it: the domain in its own script. */
export function displayAddress(address: { local: string; domain: string }): string {
	return `${address.local}@${domainToUnicode(address.domain)}`
}
