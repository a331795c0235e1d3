import { lookup as lookupName } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { acceptRepeatedLength } from './accept-repeated-length.ts'
import { FeedFailure } from './feed-failure.ts'
import { isPublicAddress } from './is-public-address.ts'

/** Turns a host name into all its addresses. */
export type ResolveHost = (hostname: string) => Promise<string[]>

/** The resolver of the operating system, all families. */
export const resolveHost: ResolveHost = async (hostname) =>
	(await lookupName(hostname, { all: true })).map(({ address }) => address)

/**
 * Opens connections to public addresses only (mail-rules T4). The name is resolved once: every address must be public,
 * and the socket connects to those very addresses, so that a second answer of the name server can't redirect it.
 * `allowedHosts` are exceptions, as `host` or `host:port`.
 */
export function createGuardedConnector(options: {
	allowedHosts: readonly string[]
	resolve: ResolveHost
	connectTimeoutMs: number
}): buildConnector.connector {
	const shared = { timeout: options.connectTimeoutMs, allowH2: false }
	const open = buildConnector({ ...shared, lookup: toLookup(options.resolve) } as buildConnector.BuildOptions)
	const openPublic = buildConnector({
		...shared,
		lookup: toLookup((hostname) => resolvePublic(hostname, options.resolve)),
	} as buildConnector.BuildOptions)
	const allowed = new Set(options.allowedHosts.map((host) => host.toLowerCase()))

	return (target, answer) => {
		const callback: buildConnector.Callback = (...opened) => {
			const [, socket] = opened
			if (socket) acceptRepeatedLength(socket)
			answer(...opened)
		}
		const host = withoutBrackets(target.hostname).toLowerCase()
		const port = target.port || (target.protocol === 'https:' ? '443' : '80')
		const name = isIP(host) === 6 ? `[${host}]` : host
		if ([host, name, `${name}:${port}`].some((entry) => allowed.has(entry))) return open(target, callback)
		// a socket asks nobody about an IP address, so the lookup never sees it
		if (isIP(host) && !isPublicAddress(host)) return callback(refuse(host), null)
		openPublic(target, callback)
	}
}

async function resolvePublic(hostname: string, resolve: ResolveHost): Promise<string[]> {
	const addresses = await resolve(hostname)
	if (!addresses.every(isPublicAddress)) throw refuse(hostname)
	return addresses
}

function refuse(host: string): FeedFailure {
	return new FeedFailure('forbidden_address', `${host} is inside a private network`)
}

function toLookup(resolve: ResolveHost): LookupFunction {
	return (hostname, options, callback) => {
		const answer = (addresses: string[]) => {
			const found = addresses.map((address) => ({ address, family: isIP(address) }))
			const [first] = found
			if (!first) return callback(new Error(`no address for ${hostname}`), '', 0)
			if (options.all) callback(null, found)
			else callback(null, first.address, first.family)
		}
		resolve(hostname).then(answer, (error) => callback(error, '', 0))
	}
}

function withoutBrackets(hostname: string): string {
	return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}
