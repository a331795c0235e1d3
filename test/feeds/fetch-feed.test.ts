import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { brotliCompressSync, createGzip, gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { createFetchFeed, type FetchFeedOptions, feedLimits } from '../../src/feeds/index.ts'
import type { FetchedFeed } from '../../src/kernel/fetch-feed.ts'
import { rss, serve } from './serve.ts'

const usual = {
	allowedHosts: ['127.0.0.1'],
	contact: 'web@charity.test',
	publicUrl: 'https://news.charity.test',
}
// one for all, as each starts a process to read in
const fetchUsual = createFetchFeed(usual)

function fetcher(options?: Partial<FetchFeedOptions>) {
	return options ? createFetchFeed({ ...usual, ...options }) : fetchUsual
}

function titles(fetched: FetchedFeed): string[] {
	if (fetched.kind !== 'feed') throw new Error(`not a feed: ${JSON.stringify(fetched)}`)
	return fetched.feed.items.map(({ title }) => title)
}

function answer(response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}) {
	response.writeHead(200, { 'content-type': 'application/rss+xml', ...headers }).end(body)
}

it('reads a feed, names itself with a contact and keeps the validators verbatim', async () => {
	let asked: IncomingHttpHeaders = {}
	const { url } = await serve((request, response) => {
		asked = request.headers
		answer(response, rss('One', 'Two'), { etag: 'W/"a b"', 'last-modified': 'yesterday, more or less' })
	})
	const fetched = await fetcher()(`${url}/feed`)
	expect(titles(fetched)).toEqual(['One', 'Two'])
	expect(fetched).toMatchObject({
		movedTo: null,
		validators: { etag: 'W/"a b"', lastModified: 'yesterday, more or less' },
		feed: { items: [{ link: `${url}/stories/0` }, {}] },
	})
	expect(asked['user-agent']).toBe('Envoi (+https://news.charity.test; web@charity.test)')
	expect(asked['if-none-match']).toBeUndefined()
})

it('sends the validators back as they came, and takes 304 for unchanged', async () => {
	let asked: IncomingHttpHeaders = {}
	const { url } = await serve((request, response) => {
		asked = request.headers
		response.writeHead(304).end()
	})
	const validators = { etag: 'W/"a b"', lastModified: 'yesterday, more or less' }
	expect(await fetcher()(url, validators)).toEqual({ kind: 'unchanged', movedTo: null })
	expect(asked).toMatchObject({
		'if-none-match': validators.etag,
		'if-modified-since': validators.lastModified,
	})
})

it('forgets validators that it could not send back as they came', async () => {
	const { url } = await serve((_request, response) => answer(response, rss('One'), { etag: '"\u00e9"' }))
	expect(await fetcher()(url)).toMatchObject({ validators: { etag: null, lastModified: null } })
})

it.each([
	['gzip', gzipSync(rss('Packed'))],
	['br', brotliCompressSync(rss('Packed'))],
])('unpacks %s', async (encoding, body) => {
	const { url } = await serve((_request, response) =>
		answer(response, body, { 'content-encoding': encoding }),
	)
	expect(titles(await fetcher()(url))).toEqual(['Packed'])
})

it('follows redirects, and tells of the permanent ones at their beginning only', async () => {
	const { url } = await serve((request, response) => {
		const hops: Record<string, [number, string]> = {
			'/old': [301, '/newer'],
			'/newer': [308, '/newest'],
			'/newest': [302, '/today'],
			'/today': [301, '/feed'],
			'/away': [307, '/old'],
		}
		const hop = hops[request.url ?? '']
		if (hop) response.writeHead(hop[0], { location: hop[1] }).end()
		else answer(response, rss('One'))
	})
	expect(await fetcher()(`${url}/old`)).toMatchObject({ kind: 'feed', movedTo: `${url}/newest` })
	expect(await fetcher()(`${url}/away`)).toMatchObject({ kind: 'feed', movedTo: null })
})

it('takes 410 for gone', async () => {
	const { url } = await serve((_request, response) => response.writeHead(410).end())
	expect(await fetcher()(url)).toEqual({ kind: 'gone' })
})

it.each([
	[429, '120', 120],
	[503, '7', 7],
	[429, undefined, 3_600],
	[429, 'soon', 3_600],
])('HTTP %i with Retry-After %s: later, after %i seconds', async (status, retryAfter, seconds) => {
	const { url } = await serve((_request, response) =>
		response.writeHead(status, retryAfter ? { 'retry-after': retryAfter } : {}).end(),
	)
	expect(await fetcher()(url)).toEqual({
		kind: 'later',
		retryAfterSeconds: seconds,
		reason: `HTTP ${status}`,
	})
})

it('reads a Retry-After that is a date', async () => {
	const at = new Date(Date.now() + 600_000).toUTCString()
	const { url } = await serve((_request, response) => response.writeHead(503, { 'retry-after': at }).end())
	const fetched = await fetcher()(url)
	expect(fetched.kind === 'later' && fetched.retryAfterSeconds).toBeGreaterThan(590)
	expect(fetched.kind === 'later' && fetched.retryAfterSeconds).toBeLessThan(602)
})

it.each([401, 403, 404, 500, 503, 204])('HTTP %i is a failure that names the status', async (status) => {
	const { url } = await serve((_request, response) => response.writeHead(status).end())
	expect(await fetcher()(url)).toEqual({ kind: 'failed', reason: 'status', detail: `HTTP ${status}` })
})

it('says of a web page that it is no feed, and which feeds it names', async () => {
	const { url } = await serve((_request, response) =>
		response
			.writeHead(200, { 'content-type': 'text/html' })
			.end(
				'<!doctype html><html><head><link rel=alternate type="application/rss+xml" href="/rss.xml"></head></html>',
			),
	)
	expect(await fetcher()(url)).toEqual({
		kind: 'failed',
		reason: 'not_a_feed',
		detail: `a web page; its feeds are ${url}/rss.xml`,
		feeds: [`${url}/rss.xml`],
	})
})

it('refuses a feed that ends too early, packed or not', async () => {
	const whole = rss('One', 'Two')
	const { url } = await serve((request, response) => {
		if (request.url === '/plain') answer(response, whole.slice(0, -30))
		else answer(response, gzipSync(whole).subarray(0, -20), { 'content-encoding': 'gzip' })
	})
	expect(await fetcher()(`${url}/plain`)).toMatchObject({ kind: 'failed', reason: 'broken' })
	expect(await fetcher()(`${url}/packed`)).toMatchObject({ kind: 'failed', reason: 'broken' })
})

it('says unreachable where the connection breaks in the middle', async () => {
	const { url } = await serve((_request, response) => {
		response.writeHead(200, { 'content-length': '5000' }).write('<rss>')
		response.socket?.end()
	})
	expect(await fetcher()(url)).toMatchObject({ kind: 'failed', reason: 'unreachable' })
})

it('stops reading a feed of 100 MB at the limit', async () => {
	const chunk = Buffer.alloc(64 * 1024, '<item/>')
	let sent = 0
	const { url } = await serve((_request, response) => {
		const endless = Readable.from(
			(function* () {
				for (; sent < 100 * 1024 * 1024; sent += chunk.length) yield chunk
			})(),
		)
		pipeline(endless, response, () => {})
	})
	expect(await fetcher()(url)).toMatchObject({ kind: 'failed', reason: 'too_large' })
	expect(sent).toBeLessThan(feedLimits.maxBytes + 20 * 1024 * 1024)
})

it('does not begin to read what says that it is too large', async () => {
	const { url } = await serve((_request, response) => {
		response.writeHead(200, { 'content-length': String(100 * 1024 * 1024) }).write('<rss>')
	})
	expect(await fetcher()(url)).toMatchObject({ kind: 'failed', reason: 'too_large' })
})

it('stops a gzip bomb where it unfolds beyond the limit', async () => {
	const zeros = Buffer.alloc(1024 * 1024)
	const { url } = await serve((_request, response) => {
		response.writeHead(200, { 'content-encoding': 'gzip' })
		const gzip = createGzip()
		gzip.pipe(response)
		for (let megabytes = 0; megabytes < 200; megabytes++) gzip.write(zeros)
		gzip.end()
	})
	const before = process.memoryUsage().arrayBuffers
	expect(await fetcher()(url)).toMatchObject({ kind: 'failed', reason: 'too_large' })
	expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024)
})

it('refuses a packing that it did not ask for', async () => {
	const { url } = await serve((_request, response) =>
		answer(response, 'x', { 'content-encoding': 'gzip, gzip' }),
	)
	expect(await fetcher()(url)).toMatchObject({ kind: 'failed', reason: 'broken' })
})

it('gives up on a server that drips, however steadily', async () => {
	const { url } = await serve((_request, response) => {
		response.writeHead(200)
		const drip = setInterval(() => response.write(' '), 20)
		response.on('close', () => clearInterval(drip))
	})
	const fetched = await fetcher({ limits: { fetchTimeoutMs: 300 } })(url)
	expect(fetched).toMatchObject({ kind: 'failed', reason: 'timeout' })
})

it('gives up on a server that says nothing', async () => {
	const { url } = await serve(() => {})
	const fetched = await fetcher({ limits: { fetchTimeoutMs: 200 } })(url)
	expect(fetched).toMatchObject({ kind: 'failed', reason: 'timeout' })
})

it('leaves a redirect loop after a few rounds', async () => {
	let rounds = 0
	const { url } = await serve((_request, response) => {
		rounds++
		response.writeHead(302, { location: '/again' }).end()
	})
	expect(await fetcher()(url)).toMatchObject({ kind: 'failed', reason: 'too_many_redirects' })
	expect(rounds).toBe(feedLimits.maxRedirects + 1)
})

it('T4: refuses a redirect to a private address, another port or another scheme', async () => {
	const inside = await serve((_request, response) => answer(response, rss('Secret')))
	const outside = await serve((request, response) => {
		const to = new URL(request.url ?? '', 'http://x').searchParams.get('to') ?? ''
		response.writeHead(302, { location: to }).end()
	})
	const fetchFeed = fetcher({ allowedHosts: [outside.host] })
	const follow = (to: string) => fetchFeed(`${outside.url}/?to=${encodeURIComponent(to)}`)
	for (const to of [
		inside.url,
		'http://169.254.169.254/latest',
		'http://[::1]/',
		'http://localhost/',
		'http://0x7f.1/',
	]) {
		expect(await follow(to)).toMatchObject({ kind: 'failed', reason: 'forbidden_address' })
	}
	expect(await follow('file:///etc/passwd')).toMatchObject({ kind: 'failed', reason: 'address' })
	expect(await follow('http://name:secret@example.test/')).toMatchObject({
		kind: 'failed',
		reason: 'address',
	})
})

it('T4: refuses a name that resolves to a private address, even beside a public one', async () => {
	const { port } = await serve((_request, response) => answer(response, rss('Secret')))
	const resolve = async () => ['93.184.216.34', '127.0.0.1']
	const fetched = await fetcher({ allowedHosts: [], resolve })(`http://feeds.charity.test:${port}/`)
	expect(fetched).toMatchObject({ kind: 'failed', reason: 'forbidden_address' })
})

it('T4: connects to the address that was checked: a name is resolved once a connection', async () => {
	let asked = 0
	const { port } = await serve((_request, response) => {
		asked++
		answer(response, rss('Secret'))
	})
	let lookups = 0
	// a name server that gives whoever asks again another answer; 2d00::/8 belongs to nobody
	const resolve = async () => (lookups++ === 0 ? ['2d00::1'] : ['127.0.0.1'])
	const options = { allowedHosts: [], resolve, limits: { connectTimeoutMs: 500 } }
	const fetched = await fetcher(options)(`http://rebinding.charity.test:${port}/`)
	expect(fetched).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/unreachable|timeout/) })
	expect({ lookups, asked }).toEqual({ lookups: 1, asked: 0 })
})

it('T4: an exception holds for its host and port only', async () => {
	const allowed = await serve((_request, response) => answer(response, rss('Intranet')))
	const other = await serve((_request, response) => answer(response, rss('Secret')))
	const fetchFeed = fetcher({ allowedHosts: [allowed.host] })
	expect(titles(await fetchFeed(allowed.url))).toEqual(['Intranet'])
	expect(await fetchFeed(other.url)).toMatchObject({ kind: 'failed', reason: 'forbidden_address' })
	const byName = fetcher({ allowedHosts: [`intranet:${allowed.port}`], resolve: async () => ['127.0.0.1'] })
	expect(titles(await byName(`http://intranet:${allowed.port}/feed`))).toEqual(['Intranet'])
})

it.each(['', 'feed.xml', 'ftp://feeds.test/', 'file:///etc/passwd', 'http://', 'http://a:b@feeds.test/'])(
	'%j is not an address',
	async (url) => expect(await fetcher()(url)).toMatchObject({ kind: 'failed', reason: 'address' }),
)

it('says unreachable of a name that does not exist and of a port that is closed', async () => {
	const unknown = fetcher({
		resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
	})
	expect(await unknown('http://nowhere.test/')).toEqual({
		kind: 'failed',
		reason: 'unreachable',
		detail: 'ENOTFOUND',
	})
	expect(await fetcher()('http://127.0.0.1:1/')).toMatchObject({ kind: 'failed', reason: 'unreachable' })
})

it('reads Latin-1, told by the header or by the XML declaration', async () => {
	const latin1 = Buffer.from(rss('Conférence à Dakar'), 'latin1')
	const declared = Buffer.from(
		rss('Conférence à Dakar').replace('"1.0"?', '"1.0" encoding="ISO-8859-1"?'),
		'latin1',
	)
	const { url } = await serve((request, response) => {
		if (request.url === '/header')
			answer(response, latin1, { 'content-type': 'text/xml; charset=ISO-8859-1' })
		else answer(response, declared, { 'content-type': 'text/xml' })
	})
	expect(titles(await fetcher()(`${url}/header`))).toEqual(['Conférence à Dakar'])
	expect(titles(await fetcher()(`${url}/declared`))).toEqual(['Conférence à Dakar'])
})

it('T4: fetches and expands no entity of a document type', async () => {
	let fetchedEntity = false
	const { url } = await serve((request, response) => {
		if (request.url !== '/feed') fetchedEntity = true
		const subset = `<!ENTITY inner "expanded"><!ENTITY outer SYSTEM "http://${request.headers.host}/secret">`
		const type = `<!DOCTYPE rss SYSTEM "http://${request.headers.host}/rss.dtd" [${subset}]>`
		answer(response, rss('A &inner; and &outer; story').replace('<rss', `${type}<rss`))
	})
	expect(titles(await fetcher()(`${url}/feed`))).toEqual(['A &inner; and &outer; story'])
	expect(fetchedEntity).toBe(false)
})

it('brings along within a chain of redirects the cookies that it sets, and to no other host', async () => {
	const asked: Array<[string | undefined, string | undefined]> = []
	const other = await serve((request, response) => {
		asked.push(['other', request.headers.cookie])
		answer(response, rss('One'))
	})
	const { url } = await serve((request, response) => {
		asked.push([request.url, request.headers.cookie])
		const isKnown = request.headers.cookie?.includes('seen=1')
		const location = isKnown ? other.url.replace('127.0.0.1', 'localhost') : '/feed'
		response
			.writeHead(302, {
				location,
				'set-cookie': ['seen=1; Path=/', 'safe=2; Secure', 'x=3; Domain=other.test'],
			})
			.end()
	})
	const fetchFeed = fetcher({ allowedHosts: ['127.0.0.1', 'localhost'], resolve: async () => ['127.0.0.1'] })
	expect(titles(await fetchFeed(`${url}/feed`))).toEqual(['One'])
	expect(asked).toEqual([
		['/feed', undefined],
		['/feed', 'seen=1'],
		['other', undefined],
	])
	expect(titles(await fetchFeed(`${url}/feed`))).toEqual(['One'])
	expect(asked[3]).toEqual(['/feed', undefined])
})

/** A server that answers with bytes as they are, whatever is asked. */
async function serveRaw(answers: (path: string) => string): Promise<string> {
	const server: Server = createServer((socket) => {
		socket.on('error', () => {})
		socket.once('data', (request) => socket.end(answers(request.toString().split(' ')[1] ?? '')))
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	onTestFinished(() => void server.close())
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('follows a Location that is written in raw UTF-8', async () => {
	const url = await serveRaw((path) =>
		path === '/%C3%A9t%C3%A9'
			? `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${rss('One')}`
			: 'HTTP/1.1 302 Found\r\nLocation: /été\r\nContent-Length: 0\r\n\r\n',
	)
	expect(titles(await fetcher()(url))).toEqual(['One'])
})

it('takes a length that is said twice in the same words, and no other', async () => {
	const feed = rss('One')
	const lengths = (...lines: string[]) =>
		serveRaw(() => `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${feed}`)
	const length = `Content-Length: ${feed.length}`
	expect(titles(await fetcher()(await lengths(length, 'X: y', length)))).toEqual(['One'])
	expect(titles(await fetcher()(await lengths(`${length}, ${feed.length}`)))).toEqual(['One'])
	const refused = await fetcher()(await lengths(length, 'Content-Length: 5'))
	expect(refused).toMatchObject({
		kind: 'failed',
		reason: 'unreachable',
		detail: expect.stringMatching(/CONTENT_LENGTH|no proper HTTP/),
	})
})

it('never gives "undefined" for a reason', async () => {
	for (const error of [
		new Error(''),
		Object.assign(new Error('odd'), { code: undefined }),
		'thrown',
		new AggregateError([]),
	]) {
		const fetched = await fetcher({ allowedHosts: [], resolve: () => Promise.reject(error) })(
			'http://charity.test/',
		)
		expect(fetched).toMatchObject({
			kind: 'failed',
			reason: 'unreachable',
			detail: expect.not.stringMatching(/undefined|^$/),
		})
	}
})
