import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { createFeedParser, type FeedParser, feedLimits } from '../../src/feeds/index.ts'
import { rss } from './serve.ts'

const parsers: FeedParser[] = []
afterEach(() => Promise.all(parsers.splice(0).map((parser) => parser.close())))

// on a busy machine memory takes its time to be filled
const patient = { parseTimeoutMs: 60_000 }

function createParser(limits: Partial<typeof feedLimits> = {}) {
	const parser = createFeedParser({ ...feedLimits, ...limits })
	parsers.push(parser)
	return (text: string) => parser.parse({ bytes: Buffer.from(text), url: null, contentType: null })
}

function parse(text: string, limits?: Partial<typeof feedLimits>) {
	return createParser(limits)(text)
}

it('reads what parseFeed reads, dates and all', async () => {
	const dated = rss('One').replace('<guid>', '<pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate><guid>')
	expect(await parse(dated)).toMatchObject({
		kind: 'feed',
		feed: { items: [{ title: 'One', publishedAt: new Date('2026-11-24T10:00:00Z') }] },
	})
})

it('ends the reading of a feed made to take for ever, while this process goes on', async () => {
	// each bracket that is never closed is looked for to the end by the reader of author names
	const hostile = rss('One').replace('<guid>', `<author>${'('.repeat(200_000)}</author><guid>`)
	let ticks = 0
	const ticking = setInterval(() => ticks++, 10)
	const outcome = await parse(hostile, { parseTimeoutMs: 1_000 })
	clearInterval(ticking)
	expect(outcome).toEqual({ kind: 'failed', reason: 'broken', detail: 'not read within 1000 ms' })
	expect(ticks).toBeGreaterThan(20)
})

it('ends the reading of a feed made to fill the memory', async () => {
	const hostile = rss('One').replace('</channel>', `${'<a/>'.repeat(2_000_000)}</channel>`)
	expect(await parse(hostile, { parseMaxHeapMb: 64, ...patient })).toEqual({
		kind: 'failed',
		reason: 'too_large',
		detail: 'needs more than 64 MB to be read',
	})
})

it('ends the reading of a feed of 800,000 attributes alone, and reads the next one', async () => {
	const parseOne = createParser({ parseMaxHeapMb: 96, ...patient })
	const attributes = Array.from({ length: 800_000 }, (_, index) => `a${index}="" `).join('')
	const hostile = await parseOne(rss('One').replace('<guid>', `<x ${attributes}/><guid>`))
	expect(hostile).toMatchObject({ kind: 'failed', reason: 'too_large' })
	expect(await parseOne(rss('Two'))).toMatchObject({ kind: 'feed' })
})

it('reads many at once, one after the other, and goes on after one that was ended', async () => {
	const parseOne = createParser({ parseMaxHeapMb: 64, ...patient })
	const hostile = rss('One').replace('</channel>', `${'<a/>'.repeat(2_000_000)}</channel>`)
	const outcomes = await Promise.all([rss('One'), hostile, rss('Two'), 'no feed'].map(parseOne))
	expect(
		outcomes.map((outcome) => (outcome.kind === 'feed' ? outcome.feed.items[0]?.title : outcome.reason)),
	).toEqual(['One', 'too_large', 'Two', 'not_a_feed'])
})

it('keeps a process from nothing: it ends when it has nothing else to do, and its reader with it', async () => {
	const index = fileURLToPath(new URL('../../src/feeds/index.ts', import.meta.url))
	const script = `
		import { createFeedParser, feedLimits } from ${JSON.stringify(index)}
		const parser = createFeedParser(feedLimits)
		const outcome = await parser.parse({ bytes: Buffer.from(${JSON.stringify(rss('One'))}), url: null, contentType: null })
		console.log(outcome.kind)`
	const node = spawn(process.execPath, ['--input-type=module', '-e', script], {
		stdio: ['ignore', 'pipe', 'inherit'],
	})
	let output = ''
	node.stdout.on('data', (chunk) => (output += chunk))
	expect(await once(node, 'close')).toEqual([0, null])
	expect(output).toBe('feed\n')
})

it('expands no entity of its own making, and reads no file', async () => {
	const bomb = `<!DOCTYPE rss [<!ENTITY a "${'lol'.repeat(100)}">${'bcdefghij'.replace(/./g, (letter, index) => `<!ENTITY ${letter} "${`&${'abcdefghi'[index]};`.repeat(10)}">`)}<!ENTITY f SYSTEM "file:///etc/passwd">]>`
	const outcome = await parse(`${bomb}${rss('&j;&f;')}`)
	expect(outcome).toMatchObject({ kind: 'feed', feed: { items: [{ title: '&j;&f;' }] } })
})

it('refuses elements nested without end, and reads text nested deeply', async () => {
	expect(await parse(rss('One').replace('<guid>', '<a>'.repeat(100_000)))).toMatchObject({ reason: 'broken' })
	const deep = `<description><![CDATA[${'<div>'.repeat(100_000)}deep]]></description>`
	expect(await parse(rss('One').replace('<guid>', `${deep}<guid>`))).toMatchObject({ kind: 'feed' })
})
