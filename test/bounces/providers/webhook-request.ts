import type { Circumstances, WebhookRequest } from '../../../src/bounces/providers/provider.ts'

/** When the requests of these tests come in. */
export const now = new Date('2026-03-02T12:00:00.000Z')
export const nowSeconds = now.getTime() / 1_000

/** A request as a provider makes it; names of headers in any case. */
export function requestOf(body: unknown, headers: Record<string, string> = {}): WebhookRequest {
	const known = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
	const bytes = typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body)
	return { body: Buffer.from(bytes), header: (name) => known.get(name.toLowerCase()) }
}

/** When a request comes in, where no other server may be asked. */
export function at(time: Date = now): Circumstances {
	return {
		now: time,
		fetchText: (url) => Promise.reject(new Error(`nobody may ask ${url}`)),
	}
}

export const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000)
