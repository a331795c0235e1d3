import type { IncomingMessage } from 'node:http'

/**
 * Whether a request was made on this machine itself, over its loopback interface and through no proxy. A proxy beside us
 * names whom it speaks for, or the host that was asked for; nginx as it comes does neither, but speaks HTTP/1.0.
 */
export function isDirect({ socket, headers, httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
	const isForwarded = Object.keys(headers).some((name) => forwarding.test(name))
	const isOld = httpVersionMajor === 1 && httpVersionMinor === 0
	return !isForwarded && !isOld && isLoopback(socket.remoteAddress ?? '') && isLoopback(hostOf(headers.host))
}

// RFC 7239, RFC 9110 §7.6.3, and what proxies and networks in front of servers are known to add
const forwarding =
	/^(?:forwarded|via|x-forwarded(?:-.+)?|x-original-(?:forwarded-for|host|uri|url)|x-real-ip|x-(?:host|scheme)|(?:x-)?(?:cluster-|true-)?client-ip|cf-(?:connecting-ip|ray)|cdn-loop|fastly-.+|x-envoy-.+|x-amzn-trace-id|x-azure-.+|x-proxyuser-ip|proxy-connection)$/

function hostOf(host: string | undefined): string {
	const url = `http://${host ?? ''}`
	return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
}

function isLoopback(host: string): boolean {
	return host === 'localhost' || /^(?:::ffff:)?127(?:\.\d+){3}$/.test(host) || host === '::1'
}
