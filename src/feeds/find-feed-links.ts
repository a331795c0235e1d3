import { resolveLink } from './resolve-link.ts'

const HEAD_CHARACTERS = 256 * 1024
const feedTypes = /type\s*=\s*["']?application\/(?:rss\+xml|atom\+xml|feed\+json)/i
const href = /href\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})')/i

/** The feeds that a web page names in its head (RSS autodiscovery), three at most: people know their page's address. */
export function findFeedLinks(html: string, url: string | null): string[] {
	const found = new Set<string>()
	const head = html.slice(0, HEAD_CHARACTERS)
	for (const [tag] of head.matchAll(/<link\s[^>]{1,2000}>/gi)) {
		if (!/alternate/i.test(tag) || !feedTypes.test(tag)) continue
		const [, quoted, apostrophed] = href.exec(tag) ?? []
		const link = resolveLink((quoted ?? apostrophed)?.replaceAll('&amp;', '&'), url)
		if (link) found.add(link)
		if (found.size === 3) break
	}
	return [...found]
}
