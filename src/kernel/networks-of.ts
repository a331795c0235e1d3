import ipaddr from 'ipaddr.js'

/**
 * The networks that an address counts for, narrowest first: an IPv4 address itself; of IPv6 the /64 of one line (RFC 6177)
 * and the /56 and /48 that one customer may be handed. None where the address can't be read.
 */
export function networksOf(ip: string): string[] {
	if (!ipaddr.isValid(ip)) return []
	const address = ipaddr.process(ip)
	if (address.kind() === 'ipv4') return [address.toString()]
	const bytes = address.toByteArray()
	return [64, 56, 48].map((bits) => `${Buffer.from(bytes.slice(0, bits / 8)).toString('hex')}/${bits}`)
}

/** What counts as one line: an IPv4 address, or the /64 of IPv6. Of what can't be read: the text itself. */
export function networkOf(ip: string): string {
	return networksOf(ip)[0] ?? ip
}
