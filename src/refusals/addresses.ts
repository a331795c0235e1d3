/** Finds addresses in what mail systems write: far looser than what we would accept from a person. */
const addressSource = String.raw`(?:"[^"\r\n]{1,100}"|[^\s<>()[\]:;,"\\@]{1,200})@(?:[^\s<>()[\]{}:;,"'\\@]{1,255}\.[^\s<>()[\]{}:;,"'\\@.]{2,63}|\[[\d.:a-f]{3,60}\])`

/** All addresses of a text, in their order, each once (letter case aside). */
export function findAddresses(text: string, limit = 100): string[] {
	const found = new Map<string, string>()
	for (const match of text.slice(0, 20_000).matchAll(new RegExp(addressSource, 'gi'))) {
		const address = trimAddress(match[0])
		if (!found.has(address.toLowerCase())) found.set(address.toLowerCase(), address)
		if (found.size >= limit) break
	}
	return [...found.values()]
}

/** The first address of a text, '' where it has none. */
export function firstAddress(text: string): string {
	const match = new RegExp(addressSource, 'i').exec(text.slice(0, 2_000))
	return match ? trimAddress(match[0]) : ''
}

function trimAddress(address: string): string {
	return address
		.replace(/^(?:mailto|smtp|rfc822|to|rcpt|for|addr|address|recipient|email|user)=(?=[^@]{1,200}@)/i, '')
		.replace(/^['*|/{]+/, '')
		.replace(/[.'>*!?}|]+$/, '')
}

/** The address with addresses of the text taken out, so that no wording is found in somebody's name. */
export function withoutAddresses(text: string): string {
	return text.replace(new RegExp(addressSource, 'gi'), '<>')
}

/** Whether two spellings are the same address for the purpose of comparing reports. */
export function sameAddress(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase()
}

/** Whether an address is that of a mail system rather than of a person. */
export function isSystemAddress(address: string): boolean {
	return /^(?:mailer[-_. ]?daemon|post_?master|mail[-_. ]?daemon|mdaemon|double-?bounce)(?:@|$|[+-])/i.test(
		address,
	)
}
