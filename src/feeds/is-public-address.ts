import ipaddr from 'ipaddr.js'

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an IP address is of the public internet (mail-rules T4): not loopback, private, link-local, carrier-grade
 * NAT, mapped, reserved or multicast. What is no IP address is not public. An IPv6 address that a NAT64 gateway
 * translates (RFC 6052) is as public as the IPv4 address in it.
 */
export function isPublicAddress(address: string): boolean {
	if (!ipaddr.isValid(address)) return false
	const ip = ipaddr.parse(address)
	if (ip instanceof ipaddr.IPv4) return ip.range() === 'unicast'
	if (ip.range() === 'rfc6052') return isPublicAddress(embeddedIPv4(ip))
	// ipaddr.js also calls "unicast" what IANA has not given out
	return ip.range() === 'unicast' && ip.match(globalUnicast)
}

// RFC 6052 §2.2: with the well-known /96 prefix the last 32 bits; a /48 prefix (RFC 8215) may place it elsewhere
function embeddedIPv4(ip: ipaddr.IPv6): string {
	const bytes = ip.toByteArray()
	const wellKnown = bytes.slice(4, 12).every((byte) => byte === 0)
	return wellKnown ? bytes.slice(12).join('.') : '0.0.0.0'
}
