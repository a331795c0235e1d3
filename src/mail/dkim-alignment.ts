import { isAligned } from '../kernel/dkim-key.ts'

/**
 * Watches the From of each message and tells once of each domain that no signature is aligned with (RFC 7489 §3.1.1):
 * then DMARC rests on SPF alone. Two domains are aligned where they are the same or one lies under the other.
 */
export function watchAlignment(
	signing: readonly string[],
	warnUnaligned: (domain: string) => void,
): (from: string) => void {
	const seen = new Set<string>()
	const told = new Set<string>()
	return (from) => {
		if (seen.has(from)) return
		seen.add(from)
		const domain = domainOf(from)
		if (domain === '' || told.has(domain) || signing.some((each) => isAligned(domain, each))) return
		told.add(domain)
		warnUnaligned(domain)
	}
}

/** The domain of a From field with one mailbox, in lower case. */
function domainOf(from: string): string {
	return /@([^\s@<>]+)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? ''
}
