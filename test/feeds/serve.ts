import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A web server on a free port of this machine for one test. `host` is its `127.0.0.1:port`. */
export async function serve(listener: RequestListener): Promise<{ url: string; host: string; port: number }> {
	const server = createServer(listener)
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	onTestFinished(() => {
		server.closeAllConnections()
		return new Promise((resolve) => void server.close(() => resolve()))
	})
	const { port } = server.address() as AddressInfo
	return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port }
}

/** A small RSS feed with one item for each title. */
export function rss(...titles: string[]): string {
	const items = titles.map(
		(title, index) =>
			`<item><title>${title}</title><link>/stories/${index}</link><guid>id-${index}</guid></item>`,
	)
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>${items.join('')}</channel></rss>`
}
