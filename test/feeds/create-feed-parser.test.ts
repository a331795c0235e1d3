import { expect, it } from 'vitest'
import { feedLimits, parseInThread } from '../../src/feeds/index.ts'
import { rss } from './serve.ts'

function parse(text: string, limits: Partial<typeof feedLimits> = {}) {
	return parseInThread(
		{ bytes: Buffer.from(text), url: null, contentType: null },
		{ ...feedLimits, ...limits },
	)
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
	expect(await parse(hostile, { parseMaxHeapMb: 64 })).toEqual({
		kind: 'failed',
		reason: 'too_large',
		detail: 'needs more than 64 MB to be read',
	})
})

it('refuses elements nested without end, and reads text nested deeply', async () => {
	expect(await parse(rss('One').replace('<guid>', '<a>'.repeat(100_000)))).toMatchObject({ reason: 'broken' })
	const deep = `<description><![CDATA[${'<div>'.repeat(100_000)}deep]]></description>`
	expect(await parse(rss('One').replace('<guid>', `${deep}<guid>`))).toMatchObject({ kind: 'feed' })
})
