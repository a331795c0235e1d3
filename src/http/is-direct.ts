import type { IncomingMessage } from 'node:http'

/**
 * Whether a request was made on this machine itself, over its loopback interface and through no proxy: a proxy beside us
 * names whom it speaks for, or at least the host that was asked for.
 */
export function isDirect({ socket, headers }: IncomingMessage): boolean {
	const names = Object.keys(headers)
	const forwarded = names.some((name) => /^(forwarded|via|x-real-ip|x-forwarded(-.+)?)$/.test(name))
	return !forwarded && isLoopback(socket.remoteAddress ?? '') && isLoopback(hostOf(headers.host))
}

function hostOf(host: string | undefined): string {
	const url = `http://${host ?? ''}`
	return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
}

function isLoopback(host: string): boolean {
	return host === 'localhost' || /^(?:::ffff:)?127(?:\.\d+){3}$/.test(host) || host === '::1'
}
