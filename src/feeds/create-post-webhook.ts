import { isIP } from 'node:net'
import { Agent, request } from 'undici'
import type { PostWebhook, WebhookAnswer } from '../kernel/post-webhook.ts'
import { FeedFailure } from './feed-failure.ts'
import { createGuardedConnector, type ResolveHost, resolveHost } from './guarded-connector.ts'
import { isPublicAddress } from './is-public-address.ts'
import { feedLimits } from './limits.ts'
import { discard } from './request-feed.ts'

export type PostWebhookOptions = {
	/** `host` or `host:port` that may be sent to though they are inside a private network. */
	allowedHosts: readonly string[]
	publicUrl: string
	timeoutMs?: number
	/** For tests: stands in for the resolver of the system. */
	resolve?: ResolveHost
}

// Standard Webhooks, "Timeouts": 15 to 30 seconds
const patienceMs = 15_000

/** Sends to targets of webhooks as feeds are read: bounded, and to public addresses only (mail-rules T4). */
export function createPostWebhook({
	allowedHosts,
	publicUrl,
	timeoutMs = patienceMs,
	resolve = resolveHost,
}: PostWebhookOptions): PostWebhook {
	const { connectTimeoutMs } = feedLimits
	const connect = createGuardedConnector({ allowedHosts, resolve, connectTimeoutMs })
	const dispatcher = new Agent({ connect, pipelining: 0 })
	const userAgent = `Envoi (+${publicUrl.replace(/[^\x21-\x7e]|[()\\]/g, '')})`
	// where Envoi itself is reached without TLS, it is being developed
	const schemes = publicUrl.startsWith('https:') ? ['https:'] : ['https:', 'http:']
	const read = (address: string) => {
		const url = URL.parse(address)
		return url && schemes.includes(url.protocol) && !url.username && !url.password ? url : undefined
	}
	return {
		post: async (address, { headers, body }) => {
			const url = read(address)
			if (!url) return { problem: 'address' }
			const signal = AbortSignal.timeout(timeoutMs)
			try {
				// undici follows no redirect by itself
				const response = await request(url.href, {
					method: 'POST',
					dispatcher,
					signal,
					headers: { ...headers, 'content-type': 'application/json', 'user-agent': userAgent },
					body,
				})
				discard(response)
				return { status: response.statusCode }
			} catch (error) {
				return toProblem(error, signal.aborted)
			}
		},
		judge: async (address) => {
			const url = read(address)
			if (!url) return 'address'
			const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
			const port = url.port || (url.protocol === 'https:' ? '443' : '80')
			const allowed = allowedHosts.map((each) => each.toLowerCase())
			if ([host, url.hostname, `${url.hostname}:${port}`].some((each) => allowed.includes(each)))
				return undefined
			const addresses = isIP(host) ? [host] : await resolve(host).catch(() => [])
			return addresses.every(isPublicAddress) ? undefined : 'forbidden_address'
		},
	}
}

function toProblem(error: unknown, timedOut: boolean): WebhookAnswer {
	if (error instanceof FeedFailure) return { problem: 'forbidden_address' }
	const code = error instanceof Error && 'code' in error ? String(error.code) : ''
	return { problem: timedOut || /TIMEOUT$|^ETIMEDOUT$/.test(code) ? 'timeout' : 'unreachable' }
}
