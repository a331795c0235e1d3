import { createHash } from 'node:crypto'
import type { FeedItem } from '../kernel/fetch-feed.ts'
import { cleanText } from './clean-text.ts'
import type { ItemDates } from './feed-dates.ts'
import { isRealPicture } from './is-real-picture.ts'
import {
	MAX_CATEGORIES,
	MAX_HTML_CHARACTERS,
	MAX_ID_BYTES,
	MAX_NAME_CHARACTERS,
	MAX_SUMMARY_CHARACTERS,
	MAX_TITLE_CHARACTERS,
} from './limits.ts'
import type { ParseOptions } from './parse-feed.ts'
import type { RawItem, RawText } from './raw-item.ts'
import { type HtmlReading, readHtml } from './read-html.ts'
import { resolveLink } from './resolve-link.ts'
import { shortenText } from './shorten-text.ts'
import { withoutTextTrailer } from './without-trailer.ts'

/** An item with absolute links, plain texts of bounded length and one image. */
export function finishItem(item: RawItem, dates: ItemDates, { secure }: ParseOptions): FeedItem {
	const link = resolveLink(item.link, item.base)
	const texts = item.texts.map((text) => readText(text, link))
	const image = chooseImage(item, texts, secure ?? false)
	return {
		id: boundedId(item.id),
		link,
		title: plainTitle(item.title),
		summary: shortenText(texts.find(({ text }) => text !== '')?.text ?? '', MAX_SUMMARY_CHARACTERS),
		imageUrl: image?.url ?? null,
		imageAlt: image?.alt ?? null,
		author: joinNames(item.authors),
		publishedAt: dates.published,
		updatedAt: dates.updated,
		unreadDate: dates.unread && shortenText(cleanText(dates.unread), MAX_NAME_CHARACTERS),
		categories: cleanNames(item.categories).slice(0, MAX_CATEGORIES),
	}
}

/** A title as plain text of bounded length, empty where there is none. */
export function plainTitle(title: RawText | undefined): string {
	return title ? shortenText(readText(title).text, MAX_TITLE_CHARACTERS) : ''
}

// RSS never said whether titles hold HTML: they do where a tag or an entity of HTML stands in them
const looksLikeHtml =
	/<\/?(?:a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|font|h[1-6]|i|img|ins|li|mark|ol|p|q|s|small|span|strong|sub|sup|table|td|tr|tt|u|ul|wbr)(?:\s[^<>]{0,500})?\/?>|&(?:[a-z][a-z0-9]{1,30}|#\d{1,7}|#x[0-9a-f]{1,6});/i
// HTML that was escaped once too often begins like that when it is read
const escapedTwice =
	/^<(?:a|b|blockquote|br|div|em|figure|h[1-6]|i|img|li|ol|p|section|span|strong|table|ul)\b[^<>]{0,2000}>/i
const cdataMark = /<!\[CDATA\[|\]\]>/g

function readText({ value, kind }: RawText, link: string | null = null): HtmlReading {
	const content = value.replace(cdataMark, '')
	if (kind === 'html' || (kind === 'markup' && looksLikeHtml.test(content.slice(0, MAX_HTML_CHARACTERS)))) {
		const reading = readHtml(content, link)
		const isMarkup = kind === 'html' && (/<!\[CDATA\[/.test(reading.text) || escapedTwice.test(reading.text))
		return isMarkup ? readHtml(reading.text.replace(cdataMark, ''), link) : withoutMarks(reading)
	}
	const text = cleanText(content.slice(0, MAX_HTML_CHARACTERS))
	return { text: link ? withoutTextTrailer(text) : text, images: [], hiddenImages: [] }
}

function withoutMarks(reading: HtmlReading): HtmlReading {
	return /<!\[CDATA\[|\]\]>/.test(reading.text)
		? { ...reading, text: cleanText(reading.text.replace(cdataMark, '')) }
		: reading
}

/** What the feed names comes before what stands in the text; the text may know the alternative of the same image, or that it is hidden. */
function chooseImage(
	item: RawItem,
	texts: HtmlReading[],
	secure: boolean,
): { url: string; alt: string | null } | undefined {
	const shown = texts
		.flatMap(({ images }) => images)
		.flatMap(({ src, alt }) => {
			const url = pictureLink(src, item.contentBase, secure)
			return url ? [{ url, alt: alt && shortenText(alt, MAX_TITLE_CHARACTERS) }] : []
		})
	const hidden = new Set(
		texts
			.flatMap(({ hiddenImages }) => hiddenImages)
			.map((src) => pictureLink(src, item.contentBase, secure)),
	)
	for (const { url, alt, width, height } of item.images) {
		const resolved = pictureLink(url, item.base, secure)
		if (!resolved || hidden.has(resolved) || !isRealPicture({ url: resolved, width, height })) continue
		const ofText = shown.find((image) => image.url === resolved)?.alt
		return {
			url: resolved,
			alt: shortenText((alt && readText(alt).text) || ofText || '', MAX_TITLE_CHARACTERS) || null,
		}
	}
	return shown.find(({ url }) => !hidden.has(url))
}

/**
 * The address of a picture. Where the mail is https it has to be too: mail programs ask for http ones over https
 * themselves or show none, so it is written that way; where http has a port of its own there is no such address.
 */
function pictureLink(src: string, base: string | null, secure: boolean): string | null {
	const link = resolveLink(src, base)
	if (!link || !secure || link.startsWith('https:')) return link
	return URL.parse(link)?.port ? null : link.replace(/^http:/, 'https:')
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
