import { createHash } from 'node:crypto'
import type { FeedItem } from '../kernel/fetch-feed.ts'
import { cleanText } from './clean-text.ts'
import {
	MAX_CATEGORIES,
	MAX_HTML_CHARACTERS,
	MAX_ID_BYTES,
	MAX_NAME_CHARACTERS,
	MAX_SUMMARY_CHARACTERS,
	MAX_TITLE_CHARACTERS,
} from './limits.ts'
import type { RawItem, RawText } from './raw-item.ts'
import { type HtmlImage, readHtml } from './read-html.ts'
import { resolveLink } from './resolve-link.ts'
import { shortenText } from './shorten-text.ts'
import { withoutSiteCredit } from './without-site-credit.ts'

/** An item with absolute links, plain texts of bounded length and one image. */
export function finishItem(item: RawItem): FeedItem {
	const link = resolveLink(item.link, item.base)
	const texts = item.texts.map((text) => readText(withoutSiteCredit(text, item.link)))
	const inText = texts.flatMap(({ images }) => images)
	const image = chooseImage(item, inText)
	return {
		id: boundedId(item.id),
		link,
		title: plainTitle(item.title),
		summary: shortenText(texts.find(({ text }) => text !== '')?.text ?? '', MAX_SUMMARY_CHARACTERS),
		imageUrl: image?.url ?? null,
		imageAlt: image?.alt ?? null,
		author: joinNames(item.authors),
		publishedAt: item.published ?? null,
		updatedAt: item.updated ?? null,
		categories: cleanNames(item.categories).slice(0, MAX_CATEGORIES),
	}
}

/** A title as plain text of bounded length, empty where there is none. */
export function plainTitle(title: RawText | undefined): string {
	return title ? shortenText(readText(title).text, MAX_TITLE_CHARACTERS) : ''
}

// RSS never said whether titles hold HTML: they do where a tag or an entity of HTML stands in them
const looksLikeHtml =
	/<\/?(?:a|abbr|b|big|br|cite|code|del|em|font|i|img|ins|mark|p|q|s|small|span|strong|sub|sup|tt|u|wbr)(?:\s[^<>]{0,500})?\/?>|&(?:[a-z][a-z0-9]{1,30}|#\d{1,7}|#x[0-9a-f]{1,6});/i

function readText({ value, kind }: RawText): { text: string; images: HtmlImage[] } {
	const bounded = value.slice(0, MAX_HTML_CHARACTERS)
	if (kind === 'html' || (kind === 'markup' && looksLikeHtml.test(bounded))) return readHtml(bounded)
	return { text: cleanText(bounded), images: [] }
}

/** What the feed names comes before what stands in the text; the text may know the alternative of the same image. */
function chooseImage(item: RawItem, inText: HtmlImage[]): { url: string; alt: string | null } | undefined {
	const shown = inText.flatMap(({ src, alt }) => {
		const url = resolveLink(src, item.contentBase)
		return url ? [{ url, alt: alt && shortenText(alt, MAX_TITLE_CHARACTERS) }] : []
	})
	for (const { url, alt } of item.images) {
		const resolved = resolveLink(url, item.base)
		if (!resolved) continue
		const ofText = shown.find((image) => image.url === resolved)?.alt
		return {
			url: resolved,
			alt: shortenText((alt && readText(alt).text) || ofText || '', MAX_TITLE_CHARACTERS) || null,
		}
	}
	return shown[0]
}

/** An id longer than the database can index is known by its hash. */
function boundedId(id: string | undefined): string | null {
	const text = id ? cleanText(id) : ''
	if (Buffer.byteLength(text) <= MAX_ID_BYTES) return text || null
	return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

function joinNames(names: string[]): string | null {
	return cleanNames(names).slice(0, 3).join(', ') || null
}

function cleanNames(names: string[]): string[] {
	const clean = names.map((name) =>
		shortenText(readText({ value: name, kind: 'markup' }).text, MAX_NAME_CHARACTERS),
	)
	return [...new Set(clean.filter(Boolean))]
}
