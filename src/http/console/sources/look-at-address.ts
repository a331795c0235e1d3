import type { FetchFeed, ParsedFeed } from '../../../kernel/fetch-feed.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import type { Newsletter } from '../../../newsletters/index.ts'

/** A feed as it is shown before it is added. */
export type FoundFeed = {
	url: string
	title: string | null
	/** The language it says it is in, where the newsletter has that. */
	locale: Locale | null
	stories: Array<{ title: string; publishedAt: Date | null; picture: boolean }>
	count: number
}

/** What stands at an address: feeds, or why there is none. */
export type LookedAt = { feeds: FoundFeed[]; problem: string | null; detail: string | null }

const shownStories = 5

/** Reads an address that staff typed: a feed, or the page of a site, whose feeds are then read. Nothing is kept. */
export async function lookAtAddress(
	{ fetchFeed, messages }: { fetchFeed: FetchFeed; messages: Messages },
	newsletter: Newsletter,
	typed: string,
	locale: Locale,
): Promise<LookedAt> {
	const url = /^https?:\/\//i.test(typed.trim()) ? typed.trim() : `https://${typed.trim()}`
	const first = await fetchFeed(url)
	if (first.kind === 'feed') return found([describe(newsletter, url, first.feed)])
	const named = first.kind === 'failed' ? (first.feeds ?? []) : []
	const feeds: FoundFeed[] = []
	for (const link of named) {
		const answer = await fetchFeed(link)
		if (answer.kind === 'feed') feeds.push(describe(newsletter, link, answer.feed))
	}
	if (feeds.length > 0) return found(feeds)
	const reason = first.kind === 'failed' ? first.reason : first.kind === 'unchanged' ? 'status' : first.kind
	return {
		feeds: [],
		problem: messages.text(locale, `errors.feed.${reason}`),
		detail: first.kind === 'failed' ? first.detail : null,
	}
}

function found(feeds: FoundFeed[]): LookedAt {
	return { feeds, problem: null, detail: null }
}

function describe({ texts }: Newsletter, url: string, { title, locale, items }: ParsedFeed): FoundFeed {
	const language = locale?.toLowerCase().split('-')[0]
	const newest = items.toSorted((a, b) => (b.publishedAt?.getTime() ?? 0) - (a.publishedAt?.getTime() ?? 0))
	return {
		url,
		title,
		locale: texts.find((text) => text.locale === language)?.locale ?? null,
		stories: newest.slice(0, shownStories).map((item) => ({
			title: item.title,
			publishedAt: item.publishedAt,
			picture: item.imageUrl !== null,
		})),
		count: items.length,
	}
}
