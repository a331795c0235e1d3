import { Agent } from 'undici'
import type { MeasurePicture } from '../kernel/measure-picture.ts'
import { createGuardedConnector, type ResolveHost, resolveHost } from './guarded-connector.ts'
import { feedLimits } from './limits.ts'
import { readPictureSize } from './read-picture-size.ts'
import { discard, requestFeed } from './request-feed.ts'

export type MeasurePictureOptions = {
	/** `host` or `host:port` that may be asked though they are inside a private network. */
	allowedHosts: readonly string[]
	publicUrl: string
	/** For tests: stands in for the resolver of the system. */
	resolve?: ResolveHost
}

// a JPEG can hold a small picture of itself, and colour profiles, before its size
const maxBytes = 262_144

/** Reads the sizes of pictures as feeds are read: bounded, and from public addresses only (mail-rules T4). */
export function createMeasurePicture({
	allowedHosts,
	publicUrl,
	resolve = resolveHost,
}: MeasurePictureOptions): MeasurePicture {
	const { connectTimeoutMs, maxRedirects } = feedLimits
	const connect = createGuardedConnector({ allowedHosts, resolve, connectTimeoutMs })
	const dispatcher = new Agent({ connect, pipelining: 0 })
	const userAgent = `Envoi (+${publicUrl.replace(/[^\x21-\x7e]|[()\\]/g, '')})`
	return async (url, signal) => {
		try {
			const { response } = await requestFeed(url, undefined, { dispatcher, signal, userAgent, maxRedirects })
			if (response.statusCode !== 200) {
				discard(response)
				return undefined
			}
			let bytes = Buffer.alloc(0)
			for await (const chunk of response.body) {
				bytes = Buffer.concat([bytes, chunk])
				const size = readPictureSize(bytes)
				if (size || bytes.length > maxBytes) return size
			}
			return undefined
		} catch {
			return undefined
		}
	}
}
