import { type Dispatcher, request } from 'undici'
import type { FeedValidators } from '../kernel/fetch-feed.ts'
import { FeedFailure } from './feed-failure.ts'
import { RedirectCookies } from './redirect-cookies.ts'

/** The last answer of a chain of redirects. `movedTo` is where its permanent beginning leads. */
export type FeedResponse = { response: Dispatcher.ResponseData; url: URL; movedTo: string | null }

const accept =
	'application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1'

/**
 * Asks for a feed and follows its redirects, each through the same guarded dispatcher. The validators are sent
 * verbatim (RFC 9110 §13.1). Throws a FeedFailure for an address that is none, and after too many redirects.
 */
export async function requestFeed(
	address: string,
	validators: FeedValidators | undefined,
	options: { dispatcher: Dispatcher; signal: AbortSignal; userAgent: string; maxRedirects: number },
): Promise<FeedResponse> {
	const headers: Record<string, string> = {
		accept,
		'accept-encoding': 'gzip, br',
		'user-agent': options.userAgent,
	}
	if (validators?.etag) headers['if-none-match'] = validators.etag
	if (validators?.lastModified) headers['if-modified-since'] = validators.lastModified

	let url = checkAddress(URL.parse(address))
	let movedTo: string | null = null
	let permanent = true
	const cookies = new RedirectCookies()
	for (let redirects = 0; redirects <= options.maxRedirects; redirects++) {
		const cookie = cookies.for(url)
		const response = await request(url.href, {
			dispatcher: options.dispatcher,
			signal: options.signal,
			headers: cookie === undefined ? headers : { ...headers, cookie },
		})
		const { statusCode } = response
		if (![301, 302, 303, 307, 308].includes(statusCode)) return { response, url, movedTo }
		discard(response)
		cookies.keep(response.headers['set-cookie'], url)
		const location = fromUtf8(single(response.headers.location))
		if (!location) throw new FeedFailure('status', `HTTP ${statusCode} without a Location`)
		url = checkAddress(URL.parse(location, url.href))
		permanent &&= statusCode === 301 || statusCode === 308
		if (permanent) movedTo = url.href
	}
	throw new FeedFailure('too_many_redirects', `more than ${options.maxRedirects} redirects`)
}

/** Ends an answer whose body is not wanted, however long it would be. */
export function discard({ body }: Dispatcher.ResponseData): void {
	body.on('error', () => {}).destroy()
}

/** The value of a header that may be there once; the first where it is repeated. */
export function single(value: string | string[] | undefined): string | undefined {
	return Array.isArray(value) ? value[0] : value
}

/** A header whose bytes are UTF-8, though it came as Latin-1; others stay. */
function fromUtf8(value: string | undefined): string | undefined {
	if (value === undefined) return value
	const text = Buffer.from(value, 'latin1').toString('utf8')
	return text.includes('\ufffd') ? value : text
}

function checkAddress(url: URL | null): URL {
	if (!url || !/^https?:$/.test(url.protocol))
		throw new FeedFailure('address', 'not an http or https address')
	if (url.username || url.password) throw new FeedFailure('address', 'an address with a password in it')
	url.hash = ''
	return url
}
