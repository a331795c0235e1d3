import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { createFetchFeed, feedLimits, parseFeedApart } from '../feeds/index.ts'
import type { MessageParams } from '../kernel/app-error.ts'
import type { FeedItem, FeedProblem, ParsedFeed } from '../kernel/fetch-feed.ts'
import { formatDay } from '../kernel/format-day.ts'
import type { Locale } from '../kernel/messages.ts'
import { wrapWords } from './display-width.ts'
import { oneLine } from './print.ts'
import { loadCommandTexts } from './speak.ts'

type Output = { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

/** What can't be shown: a key under `errors.feed.`, and a technical word. */
type Trouble = { reason: FeedProblem | 'gone' | 'later' | 'no_file'; detail: string }

/**
 * Prints the stories of a feed, a JSON object a line or, `readable`, as people read them, and gives the exit code: 1, with
 * a sentence on stderr, where there is no feed to be read. `target` is a URL, a file, or `-` for standard input. Needs no database.
 * The host of a URL may be inside a private network: who types it is on this machine already. Its redirects may not.
 */
export async function previewFeed(
	target: string,
	{ stdout, stderr }: Output,
	locale: Locale = 'en',
	readable?: { width: number },
): Promise<number> {
	const messages = loadCommandTexts()
	const found = /^https?:/i.test(target) ? await fetchTarget(target) : await readTarget(target)
	if ('reason' in found) {
		const sentence = messages.text(locale, `errors.feed.${found.reason}`, { file: target })
		stderr.write(`${sentence} (${found.detail})\n`)
		return 1
	}
	if (readable) {
		const t: Texts = (key, params) => messages.text(locale, `cli.feed.${key}`, params)
		stdout.write(`${describeFeed(found, { t, locale, ...readable })}\n`)
	} else for (const item of found.items) stdout.write(`${JSON.stringify(toLine(item))}\n`)
	return 0
}

async function fetchTarget(url: string): Promise<ParsedFeed | Trouble> {
	const { hostname = '', port = '', protocol } = URL.parse(url) ?? {}
	const host = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
	const fetchFeed = createFetchFeed({ allowedHosts: [host], contact: 'feed preview', publicUrl: '' })
	const fetched = await fetchFeed(url)
	switch (fetched.kind) {
		case 'feed':
			return fetched.feed
		case 'failed':
			return fetched
		case 'later':
			return { reason: 'later', detail: `${fetched.reason}, ${fetched.retryAfterSeconds} s` }
		case 'gone':
			return { reason: 'gone', detail: 'HTTP 410' }
		case 'unchanged': // an answer to a question that was not asked
			return { reason: 'status', detail: 'HTTP 304' }
	}
}

async function readTarget(file: string): Promise<ParsedFeed | Trouble> {
	try {
		const bytes = file === '-' ? await buffer(process.stdin) : await readFile(file)
		if (bytes.length > feedLimits.maxBytes) {
			return { reason: 'too_large', detail: `more than ${feedLimits.maxBytes} bytes` }
		}
		const outcome = await parseFeedApart({ bytes, url: null, contentType: null }, feedLimits)
		return outcome.kind === 'feed' ? outcome.feed : outcome
	} catch (error) {
		return { reason: 'no_file', detail: (error as NodeJS.ErrnoException).code ?? String(error) }
	}
}

/** An item as programs read it: times are ISO 8601 in UTC, what is missing is null. */
function toLine(item: FeedItem) {
	return {
		id: item.id,
		link: item.link,
		title: item.title,
		summary: item.summary,
		imageUrl: item.imageUrl,
		imageAlt: item.imageAlt,
		author: item.author,
		publishedAt: item.publishedAt?.toISOString() ?? null,
		updatedAt: item.updatedAt?.toISOString() ?? null,
		categories: item.categories,
	}
}

type Texts = (key: string, params?: MessageParams) => string

/** The feed as people read it: how many stories, then each with its day, its address and how it begins. */
function describeFeed(
	{ items }: ParsedFeed,
	{ t, locale, width }: { t: Texts; locale: Locale; width: number },
): string {
	const stories = items.map((item) => {
		const about = [
			item.publishedAt ? formatDay(item.publishedAt, { locale, timeZone: 'UTC' }) : t('no_date'),
			item.author,
			item.categories.slice(0, 3).join(', '),
		]
		const lines = [about.filter(Boolean).join(' · '), item.link, begin(item.summary)]
		const shown = lines.filter((line) => line !== null && line !== '').map((line) => oneLine(String(line)))
		return [
			...wrapWords(oneLine(item.title), width, { breakWords: false }),
			...shown.flatMap((line) =>
				wrapWords(line, width - 2, { breakWords: false }).map((piece) => `  ${piece}`),
			),
		].join('\n')
	})
	return [t('count', { count: items.length }), ...stories].join('\n\n')
}

const shownOfSummary = 300

function begin(summary: string): string {
	return summary.length > shownOfSummary ? `${summary.slice(0, shownOfSummary).trimEnd()}…` : summary
}
