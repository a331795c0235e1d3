import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseFeed } from '../../src/feeds/index.ts'
import type { FeedItem } from '../../src/kernel/fetch-feed.ts'

// Real feeds and what an independent reader (feed-rs) made of them: NAME.serde.json beside each.
const folder = new URL('../../../shared/corpora/feeds/', import.meta.url)
const names = existsSync(folder)
	? readdirSync(folder).filter((name) => /\.(xml|json)$/.test(name) && !name.endsWith('.serde.json'))
	: []
const base = 'https://feeds.test/folder/feed.xml'

type Truth = {
	feed_type: 'Atom' | 'JSON' | 'RSS0' | 'RSS1' | 'RSS2'
	entries: Array<{
		id: string
		title: { content: string } | null
		links: Array<{ href: string; rel: string | null }>
		published: string | null
		updated: string | null
	}>
}
type TrueEntry = Truth['entries'][number]

describe.skipIf(names.length === 0)('the feeds of the corpus', () => {
	it('are 33', () => expect(names).toHaveLength(33))

	it.each(names)('%s has the titles, links, ids and dates that it should', (name) => {
		const outcome = parseFeed(readFileSync(new URL(name, folder)), base)
		const truth = JSON.parse(
			readFileSync(new URL(`${name.replace(/\.(xml|json)$/, '')}.serde.json`, folder), 'utf8'),
		) as Truth

		if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`)
		const { items } = outcome.feed
		expect(items.map(({ title }) => title)).toEqual(truth.entries.map((entry) => entry.title?.content ?? ''))
		expect(items.map(({ link }) => link)).toEqual(truth.entries.map(expectedLink))
		expect(items.map(({ id }) => id)).toEqual(
			truth.entries.map((entry, index) => expectedId(entry, truth, items[index]?.id)),
		)
		expect(items.map(({ publishedAt }) => seconds(publishedAt))).toEqual(
			truth.entries.map(({ published }) => published),
		)
		expect(items.map((item) => updatedAt(item, truth))).toEqual(truth.entries.map(({ updated }) => updated))
	})
})

/** feed-rs leaves relative links as they are; here they are resolved against where the feed was fetched. */
function expectedLink({ links }: TrueEntry): string | null {
	const link = links.find(({ rel }) => rel === null || rel === 'alternate')
	return link ? new URL(link.href, base).href : null
}

/**
 * Where an item names no id, feed-rs makes one up, an MD5 of its link or a random UUID; here it has none. feed-rs does not
 * read `rdf:about` either, which RSS 1.0 (§5.5) asks to be unique: here it is the id.
 */
function expectedId({ id }: TrueEntry, { feed_type }: Truth, found: string | null | undefined) {
	const isHash = /^[0-9a-f]{30,32}$/.test(id)
	const isRandom = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)
	return (isHash && feed_type === 'RSS1') || ((isHash || isRandom) && found === null) ? found : id
}

/** RSS 2.0 has no date of change: feed-rs repeats the date of publication there, we say nothing. */
function updatedAt({ publishedAt, updatedAt }: FeedItem, { feed_type }: Truth): string | null {
	return seconds(feed_type === 'RSS2' ? (updatedAt ?? publishedAt) : updatedAt)
}

function seconds(date: Date | null): string | null {
	return date?.toISOString().replace('.000Z', 'Z') ?? null
}
