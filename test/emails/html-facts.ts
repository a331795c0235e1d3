/** What stands in the HTML of one of our mails, for tests. Reads our own regular markup, not any HTML. */
export function factsOf(html: string) {
	const body = html.slice(html.indexOf('<body'))
	return {
		lang: /<html lang="([^"]*)" dir="([^"]*)"/.exec(html)?.slice(1).join(' '),
		title: decode(/<title>(.*?)<\/title>/s.exec(html)?.[1] ?? ''),
		headings: matches(body, /<(h[1-6])[^>]*>(.*?)<\/h\d>/gs).map(
			([, level, inner]) => `${level} ${textOf(inner)}`,
		),
		links: matches(body, /<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)<\/a>/gs).map(([tag, href, inner]) => ({
			href: decode(href ?? ''),
			name:
				decode(/aria-label="([^"]*)"/.exec(tag?.slice(0, tag.indexOf('>')) ?? '')?.[1] ?? '') ||
				nameOf(inner),
		})),
		images: matches(body, /<img\s[^>]*>/g).map(([tag]) => ({
			src: decode(/src="([^"]*)"/.exec(tag ?? '')?.[1] ?? ''),
			alt: / alt="([^"]*)"/.exec(tag ?? '')?.[1],
		})),
		/** All tags and comments in their order, without what they hold: the same for any story of the same shape. */
		skeleton: matches(html, /<!--.*?-->|<!?\/?[a-z][a-z0-9-]*/gis).map(([tag]) => tag),
		text: textOf(body),
	}
}

/** The text that HTML shows, on one line. */
export function textOf(html = ''): string {
	return decode(html.replace(/<!--.*?-->/gs, '').replace(/<[^>]*>/g, ' '))
		.replace(/[ \n]+/g, ' ')
		.trim()
}

function nameOf(inner = ''): string {
	return textOf(inner.replace(/<img [^>]*?alt="([^"]*)"[^>]*>/g, '$1 '))
}

function matches(text: string, pattern: RegExp): RegExpExecArray[] {
	return [...text.matchAll(pattern)]
}

function decode(text: string): string {
	const entities: Record<string, string> = {
		lt: '<',
		gt: '>',
		quot: '"',
		'#39': "'",
		amp: '&',
		nbsp: '\u00a0',
	}
	return text.replace(/&(lt|gt|quot|#39|amp|nbsp);/g, (_, name) => entities[name] ?? '')
}
