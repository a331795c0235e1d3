import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseFeed } from '../../src/feeds/index.ts'

const samples = [
	'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>News &amp; more</title><item><title>One</title><link>/1</link><guid>1</guid><pubDate>Tue, 24 Nov 2026 10:00:00 +0100</pubDate><description><![CDATA[<p>Text <img src="a.jpg" alt="x"></p>]]></description><media:content url="/m.jpg" medium="image"/><author>a@b.test (A)</author></item></channel></rss>',
	'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://e.test/"><title type="html">N</title><entry><id>urn:1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">T</div></title><updated>2026-11-24T10:00:00Z</updated><link href="a"/><content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry></feed>',
	'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>N</title><items><rdf:Seq><rdf:li rdf:resource="u"/></rdf:Seq></items></channel><item rdf:about="u"><title>T</title><link>u</link></item></rdf:RDF>',
	'{"version":"https://jsonfeed.org/version/1.1","title":"N","items":[{"id":"1","url":"/1","title":"T","content_html":"<p>x</p>","date_published":"2026-11-24T10:00:00Z","tags":["a"],"authors":[{"name":"A"}]}]}',
]
const snippets = [
	'<',
	'>',
	'&',
	';',
	'"',
	']]>',
	'<![CDATA[',
	'<!--',
	'-->',
	'</',
	'<item>',
	'</item>',
	'&#0;',
	'\u0000',
	'\ufeff',
	'{',
	']',
	'xmlns:x="y" ',
	'\ud800',
]

/** A sample with a few places cut out, doubled or overwritten. */
const mutated = fc
	.record({
		sample: fc.constantFrom(...samples),
		edits: fc.array(
			fc.record({
				at: fc.double({ min: 0, max: 1, noNaN: true }),
				remove: fc.nat(40),
				insert: fc.oneof(fc.constantFrom(...snippets), fc.string({ maxLength: 10, unit: 'binary' })),
			}),
			{ minLength: 1, maxLength: 8 },
		),
	})
	.map(({ sample, edits }) =>
		edits.reduce((text, { at, remove, insert }) => {
			const index = Math.floor(at * text.length)
			return text.slice(0, index) + insert + text.slice(index + remove)
		}, sample),
	)

function check(input: string | Uint8Array, contentType?: string): void {
	const outcome = parseFeed(input, 'https://feeds.test/feed', contentType)
	if (outcome.kind === 'failed') {
		expect(['not_a_feed', 'broken']).toContain(outcome.reason)
		return
	}
	for (const item of outcome.feed.items) {
		for (const url of [item.link, item.imageUrl]) if (url !== null) expect(url).toMatch(/^https?:\/\//)
		for (const text of [item.title, item.summary, item.id ?? '', item.author ?? '', ...item.categories]) {
			expect(text.isWellFormed() && !text.includes('\u0000')).toBe(true)
		}
		for (const date of [item.publishedAt, item.updatedAt]) expect(date?.getTime()).not.toBeNaN()
		expect(item.title.length).toBeLessThanOrEqual(300)
		expect(item.summary.length).toBeLessThanOrEqual(400)
	}
}

it('ends in a feed or a reason, whatever the bytes', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 400 }), fc.string(), (bytes, contentType) => {
			check(bytes, contentType)
		}),
		{ numRuns: 500 },
	)
})

it('ends in a feed or a reason, however a feed is damaged', () => {
	fc.assert(
		fc.property(mutated, (text) => {
			check(text)
			check(Buffer.from(text))
		}),
		{ numRuns: 2_000 },
	)
})
