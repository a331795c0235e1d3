import type { WholePage } from '../../../digests/index.ts'
import { escapeHtml } from '../../../kernel/escape-html.ts'
import { formatMarkdown } from '../../../kernel/format-markdown.ts'
import type { Locale } from '../../../kernel/messages.ts'

export type Feed = {
	title: string
	subtitle: string
	author: string
	locale: Locale
	/** Addresses: of the newsletter's page, and of the feed. */
	page: string
	self: string
	/** Who gives the ids away: a domain that never changes (RFC 4151). */
	authority: string
	slug: string
	/** What a correction is called. */
	correction: string
	/** When it was last changed, where it has no entry. */
	createdAt: Date
	entries: ReadonlyArray<FeedEntry>
}

export type FeedEntry = WholePage & { url: string }

/** The past digests of a newsletter in a language as a feed (RFC 4287); ids stay where the server's address changes. */
export function writeAtom(feed: Feed): string {
	const updated = feed.entries.map(updatedAt).toSorted((a, b) => b.getTime() - a.getTime())[0]
	return [
		'<?xml version="1.0" encoding="utf-8"?>',
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${xml(feed.locale)}">`,
		`<id>${xml(`tag:${feed.authority},2026:${feed.slug}/${feed.locale}`)}</id>`,
		`<title>${xml(feed.title)}</title>`,
		feed.subtitle && `<subtitle>${xml(feed.subtitle)}</subtitle>`,
		`<updated>${(updated ?? feed.createdAt).toISOString()}</updated>`,
		`<author><name>${xml(feed.author)}</name></author>`,
		`<link rel="self" type="application/atom+xml" href="${xml(feed.self)}"/>`,
		`<link rel="alternate" type="text/html" hreflang="${xml(feed.locale)}" href="${xml(feed.page)}"/>`,
		...feed.entries.map((entry) => writeEntry(feed, entry)),
		'</feed>',
		'',
	]
		.filter((line, index, all) => line || index === all.length - 1)
		.join('\n')
}

function writeEntry(feed: Feed, entry: FeedEntry): string {
	return [
		'<entry>',
		`<id>${xml(`tag:${feed.authority},${entry.day}:${feed.slug}/${feed.locale}/${entry.name}`)}</id>`,
		`<title>${xml(entry.title)}</title>`,
		`<published>${entry.publishedAt.toISOString()}</published>`,
		`<updated>${updatedAt(entry).toISOString()}</updated>`,
		`<link rel="alternate" type="text/html" hreflang="${xml(feed.locale)}" href="${xml(entry.url)}"/>`,
		entry.isCorrection && `<category term="correction" label="${xml(feed.correction)}"/>`,
		entry.preheader && `<summary>${xml(entry.preheader)}</summary>`,
		`<content type="html">${xml(writeContent(entry))}</content>`,
		'</entry>',
	]
		.filter(Boolean)
		.join('\n')
}

function updatedAt({ publishedAt, correctedAt }: Pick<FeedEntry, 'publishedAt' | 'correctedAt'>): Date {
	return correctedAt && correctedAt > publishedAt ? correctedAt : publishedAt
}

/** The HTML of a digest, without pictures and styles. */
function writeContent({ introduction, stories }: FeedEntry): string {
	const parts = stories.map(({ title, link, summary }) => {
		const name = escapeHtml(title)
		const paragraphs = summary.split(/\n{2,}/).map((each) => `<p>${escapeHtml(each)}</p>`)
		return `<h2>${link ? `<a href="${escapeHtml(link)}">${name}</a>` : name}</h2>${paragraphs.join('')}`
	})
	return [introduction ? formatMarkdown(introduction) : '', ...parts].join('\n')
}

/** As XML 1.0 may hold it (§2.2): without control characters and lone surrogates. */
function xml(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what has to go
	return escapeHtml(text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, ''))
}
