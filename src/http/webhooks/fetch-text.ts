import type { FetchText } from '../../kernel/fetch-text.ts'

const maxBytes = 64 * 1024
const timeoutMs = 5_000

/** Reads a small text by HTTP. Rejects on redirects, on any status but 2xx, and beyond 64 KiB or 5 seconds. */
export const fetchText: FetchText = async (url) => {
	const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
	if (!response.ok) throw new Error(`the answer was ${response.status}`)
	const chunks: Uint8Array[] = []
	let size = 0
	for await (const chunk of response.body ?? []) {
		size += chunk.length
		if (size > maxBytes) throw new Error('the answer is too large')
		chunks.push(chunk)
	}
	return Buffer.concat(chunks).toString()
}
