import ipaddr from 'ipaddr.js'

/** What counts as one sender: an IPv4 address, or the /64 of IPv6 that one line has (RFC 6177). */
export function networkOf(address: string): string {
	if (!ipaddr.isValid(address)) return address
	const parsed = ipaddr.process(address)
	if (parsed.kind() === 'ipv4') return parsed.toString()
	return `${Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex')}/64`
}
