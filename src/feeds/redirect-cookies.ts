const MAX_COOKIES = 20
const MAX_COOKIE_CHARACTERS = 4_096

type Cookie = { host: string; isShared: boolean; isSecure: boolean; value: string }

/**
 * The cookies of one chain of redirects: some sites set one and send the reader back to see whether it stays. Kept for
 * no longer than that, and told to nobody but the host, or its domain, that set them (RFC 6265 §5).
 */
export class RedirectCookies {
	readonly #cookies = new Map<string, Cookie>()

	/** Takes what an answer sets. */
	keep(headers: string | string[] | undefined, url: URL): void {
		for (const header of [headers ?? []].flat()) {
			const [pair = '', ...attributes] = header.split(';').map((part) => part.trim())
			const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]{1,200})=([\x21-\x7e]*)$/.exec(pair) ?? []
			if (name === '' || pair.length > MAX_COOKIE_CHARACTERS) continue
			const domain = attributeOf(attributes, 'domain')?.replace(/^\./, '').toLowerCase()
			const host = domain || url.hostname
			if (!matches(url.hostname, host, true) || (host !== url.hostname && !host.includes('.'))) continue
			const key = `${host} ${name}`
			this.#cookies.delete(key)
			if (attributeOf(attributes, 'max-age')?.match(/^(?:0|-\d+)$/) || this.#cookies.size >= MAX_COOKIES)
				continue
			const isSecure = attributes.some((attribute) => attribute.toLowerCase() === 'secure')
			this.#cookies.set(key, { host, isShared: Boolean(domain), isSecure, value: `${name}=${value}` })
		}
	}

	/** What to send along to an address, if anything. */
	for(url: URL): string | undefined {
		const sent = [...this.#cookies.values()].filter(
			({ host, isShared, isSecure }) =>
				matches(url.hostname, host, isShared) && (!isSecure || url.protocol === 'https:'),
		)
		return sent.length > 0 ? sent.map(({ value }) => value).join('; ') : undefined
	}
}

function attributeOf(attributes: readonly string[], name: string): string | undefined {
	return attributes
		.find((attribute) => attribute.toLowerCase().startsWith(`${name}=`))
		?.slice(name.length + 1)
}

function matches(hostname: string, host: string, isShared: boolean): boolean {
	return hostname === host || (isShared && hostname.endsWith(`.${host}`))
}
