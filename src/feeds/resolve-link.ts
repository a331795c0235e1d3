import { MAX_URL_CHARACTERS } from './limits.ts'

/**
 * The absolute http(s) URL that a link of a feed means, or null where there is none: another scheme
 * (`javascript:`, `data:`, `mailto:`), credentials, more than 2,000 characters, or no base to resolve it against.
 */
export function resolveLink(link: string | undefined | null, base: string | null): string | null {
	const text = link?.trim()
	if (!text || text.length > MAX_URL_CHARACTERS) return null
	const url = URL.parse(text, base ?? undefined)
	if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return null
	return url.href.length > MAX_URL_CHARACTERS ? null : url.href
}

/** The base that relative links have inside an element with `xml:base` (XML Base §4), whatever was around it. */
export function innerBase(base: string | null, xmlBase: string | undefined): string | null {
	return xmlBase ? (URL.parse(xmlBase, base ?? undefined)?.href ?? base) : base
}
