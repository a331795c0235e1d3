import type { IncomingMessage } from 'node:http'

/**
 * Writes X-Forwarded-For as bare addresses: some proxies add the port of the connection, or put IPv6 in brackets or quotes,
 * and what can't be read as an address would make one caller of all that come by them.
 */
export function tidyForwardedFor({ headers }: IncomingMessage): void {
	const given = headers['x-forwarded-for']
	if (given === undefined) return
	headers['x-forwarded-for'] = [given].flat().join(',').split(',').map(bareAddress).join(', ')
}

/** `192.0.2.7:443`, `[2001:db8::7]:443`, `"[2001:db8::7]"` and `fe80::7%eth0` without what is no part of the address. */
function bareAddress(item: string): string {
	const text = item.trim().replace(/^"(.*)"$/, '$1')
	const [, bracketed] = /^\[([^\]]*)\](?::\w+)?$/.exec(text) ?? []
	const [, ipv4] = /^(\d+\.\d+\.\d+\.\d+):\w+$/.exec(text) ?? []
	return (bracketed ?? ipv4 ?? text).replace(/%.*$/, '')
}
