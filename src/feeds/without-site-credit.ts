import type { RawText } from './raw-item.ts'

/**
 * Leaves out the last paragraph that WordPress adds to each item, in the language of the site ("The post … appeared
 * first on …"): it is known by its two links and nothing else, the first of which leads to the item itself.
 */
export function withoutSiteCredit(text: RawText, link: string | undefined): RawText {
	if (text.kind !== 'html' || !link) return text
	const start = text.value.lastIndexOf('<p>')
	const last = start < 0 ? '' : text.value.slice(start)
	if (last.length > 2_000) return text
	const targets = [...last.matchAll(/<a\s[^<>]{0,200}?href="([^"<>]{1,1000})"/g)].map(([, href]) => href)
	const isCredit = targets.length === 2 && targets[0] === link && link.startsWith(siteOf(targets[1]))
	return isCredit ? { ...text, value: text.value.slice(0, start) } : text
}

function siteOf(url: string | undefined): string {
	return URL.parse(url ?? '')?.origin ?? 'no site'
}
