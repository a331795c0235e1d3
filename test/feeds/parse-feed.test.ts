import { describe, expect, it } from 'vitest'
import { parseFeed } from '../../src/feeds/index.ts'
import type { FeedItem, ParsedFeed } from '../../src/kernel/fetch-feed.ts'

const base = 'https://charity.test/news/feed.xml'

function read(input: string | Uint8Array, contentType?: string): ParsedFeed {
	const outcome = parseFeed(input, base, contentType)
	if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`)
	return outcome.feed
}

function first(input: string | Uint8Array, contentType?: string): FeedItem {
	const [item] = read(input, contentType).items
	if (!item) throw new Error('no item')
	return item
}

const namespaces =
	'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
const rssItem = (inner: string) =>
	`<rss version="2.0" ${namespaces}><channel><title>News</title><item>${inner}</item></channel></rss>`
const atomEntry = (inner: string, attributes = '') =>
	`<feed xmlns="http://www.w3.org/2005/Atom" ${attributes}><title>News</title><entry>${inner}</entry></feed>`
const jsonItem = (item: object) =>
	JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 'News', items: [item] })

describe('titles', () => {
	it.each([
		['R&amp;D in Mali', 'R&D in Mali'],
		['AT&amp;amp;T gives', 'AT&T gives'],
		['&lt;em&gt;Our&lt;/em&gt; year', 'Our year'],
		['<![CDATA[Le <b>monde</b> &eacute;largi]]>', 'Le monde élargi'],
		['Why 3 &lt; 5 and 7 &gt; 5', 'Why 3 < 5 and 7 > 5'],
		['The &lt;canvas of life', 'The <canvas of life'],
		['  Two\n\t lines ', 'Two lines'],
		['Qui\u00a0? L’équipe\u202f!', 'Qui\u00a0? L’équipe\u202f!'],
		['A\u202e&#1;&#x7f; b', 'A b'],
	])('%j in RSS reads %j', (written, title) => {
		expect(first(rssItem(`<title>${written}</title>`)).title).toBe(title)
	})

	it('follow their type in Atom', () => {
		expect(first(atomEntry('<title>The &lt;b&gt; tag</title>')).title).toBe('The <b> tag')
		expect(first(atomEntry('<title type="html">The &lt;b&gt;new&lt;/b&gt; tag</title>')).title).toBe(
			'The new tag',
		)
		const xhtml =
			'<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>bold</b> one</div></title>'
		expect(first(atomEntry(xhtml)).title).toBe('A bold one')
	})

	it('are plain in JSON Feed, without what the database refuses', () => {
		expect(first(jsonItem({ id: '1', title: 'The <b> tag\u0000 \ud800' })).title).toBe('The <b> tag \ufffd')
	})

	it('are shortened at a word, in scripts without spaces too', () => {
		const long = first(rssItem(`<title>${'mot '.repeat(200)}</title>`)).title
		expect(long).toMatch(/^(mot ){70,}mot…$/)
		const japanese = first(rssItem(`<title>${'国際協力'.repeat(100)}</title>`)).title
		expect(japanese).toMatch(/^[国際協力]{200,299}…$/u)
	})

	it('are empty where there is none', () => {
		expect(first(rssItem('<description>Only this</description>'))).toMatchObject({
			title: '',
			summary: 'Only this',
		})
	})
})

describe('summaries', () => {
	it('are text: no markup, no scripts, entities decoded', () => {
		const html =
			'<p>Un&nbsp;été &agrave; <a href="x">Dakar</a></p><script>alert(1)</script><style>p{}</style><ul><li>un<li>deux</ul><iframe>frame</iframe>'
		expect(first(rssItem(`<description><![CDATA[${html}]]></description>`)).summary).toBe(
			'Un\u00a0été à Dakar un deux',
		)
	})

	it('come from the content where the description has no text', () => {
		const inner = '<description>&lt;img src="a.jpg"&gt;</description><content:encoded>&lt;p&gt;Long read'
		expect(first(rssItem(`${inner}&lt;/p&gt;</content:encoded>`)).summary).toBe('Long read')
	})

	it('lose the credit that WordPress adds, in any language', () => {
		const credit =
			'<p>L’article <a rel="nofollow" href="https://charity.test/a">A</a> est apparu sur <a href="https://charity.test">Nous</a>.</p>'
		const inner = `<link>https://charity.test/a</link><description><![CDATA[<p>Le début […]</p>\n${credit}]]></description>`
		expect(first(rssItem(inner)).summary).toBe('Le début […]')
	})

	it('have about 400 characters at most', () => {
		const { summary } = first(rssItem(`<description>${'word '.repeat(1000)}</description>`))
		expect(summary.length).toBeGreaterThan(380)
		expect(summary.length).toBeLessThanOrEqual(400)
		expect(summary).toMatch(/word…$/)
	})
})

describe('links', () => {
	it('start at the nearest xml:base', () => {
		const entry =
			'<title>T</title><link href="a"/><content type="html" xml:base="pictures/">&lt;img src="i.png"&gt;</content>'
		const { link, imageUrl } = first(atomEntry(entry, 'xml:base="https://other.test/blog/"'))
		expect(link).toBe('https://other.test/blog/a')
		expect(imageUrl).toBe('https://other.test/blog/pictures/i.png')
	})

	it.each(['javascript:alert(1)', 'data:text/html,x', 'mailto:a@b.test', 'https://a:b@c.test/', 'http://'])(
		'%s is none',
		(link) => {
			expect(first(jsonItem({ id: '1', title: 'T', url: link })).link).toBeNull()
			expect(first(jsonItem({ id: '1', title: 'T', image: link })).imageUrl).toBeNull()
		},
	)

	it('are the guid in RSS where nothing else is, unless it says that it is none', () => {
		expect(first(rssItem('<title>T</title><guid>https://charity.test/a</guid>')).link).toBe(
			'https://charity.test/a',
		)
		const noLink = '<title>T</title><guid isPermaLink="false">https://charity.test/a</guid>'
		expect(first(rssItem(noLink))).toMatchObject({ link: null, id: 'https://charity.test/a' })
		expect(first(rssItem('<title>T</title><guid>12 at charity</guid>')).link).toBeNull()
	})

	it('prefer the page among the alternates of Atom', () => {
		const links =
			'<link rel="self" href="/s"/><link rel="alternate" type="application/json" href="/j"/><link rel="alternate" type="text/html" href="/h"/>'
		expect(first(atomEntry(`<title>T</title>${links}`)).link).toBe('https://charity.test/h')
	})

	it('of a feed from a file start where it says that it lives', () => {
		const feed =
			'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://charity.test/f/feed"/><entry><title>T</title><link href="a"/></entry></feed>'
		const outcome = parseFeed(feed, null)
		expect(outcome.kind === 'feed' && outcome.feed.items[0]?.link).toBe('https://charity.test/f/a')
	})
})

describe('images', () => {
	it.each([
		[
			'<media:content url="/m.jpg" medium="image"><media:description>A well</media:description></media:content>',
			'/m.jpg',
			'A well',
		],
		['<media:content url="/film.mp4" type="video/mp4"/><media:thumbnail url="/t.jpg"/>', '/t.jpg', null],
		['<media:group><media:content url="/g.png" type="image/png"/></media:group>', '/g.png', null],
		['<enclosure url="/e.jpg" type="image/jpeg" length="1"/>', '/e.jpg', null],
		['<enclosure url="/e.mp3" type="audio/mpeg" length="1"/>', null, null],
		[
			'<description>&lt;img src="/pixel.gif" width="1" height="1"&gt;&lt;img src="/i.jpg" alt="A &amp;amp; B"&gt;</description>',
			'/i.jpg',
			'A & B',
		],
		[
			'<media:content url="/i.jpg" medium="image"/><description>&lt;img src="/i.jpg" alt="A well"&gt;</description>',
			'/i.jpg',
			'A well',
		],
	])('%s', (inner, image, alt) => {
		expect(first(rssItem(`<title>T</title>${inner}`))).toMatchObject({
			imageUrl: image && `https://charity.test${image}`,
			imageAlt: alt,
		})
	})

	it('come from the image, the banner or an attachment in JSON Feed', () => {
		const attachments = [{ url: 'a.png', mime_type: 'image/png', title: 'A well' }]
		expect(first(jsonItem({ id: '1', image: 'i.png', attachments })).imageUrl).toBe(
			'https://charity.test/news/i.png',
		)
		expect(first(jsonItem({ id: '1', attachments }))).toMatchObject({
			imageUrl: 'https://charity.test/news/a.png',
			imageAlt: 'A well',
		})
	})
})

describe('what feeds of some systems hold', () => {
	it('loses the marks of CDATA that were escaped, and HTML that was escaped twice', () => {
		const inner =
			'<title>&lt;![CDATA[My title]]&gt;</title><description>&lt;![CDATA[&lt;p&gt;Hello&lt;/p&gt;]]&gt;</description>'
		expect(first(rssItem(inner))).toMatchObject({ title: 'My title', summary: 'Hello' })
		const twice =
			'<description>&amp;lt;p&amp;gt;One&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Two&amp;lt;/p&amp;gt;</description>'
		expect(first(rssItem(twice)).summary).toBe('One Two')
	})

	it('reads Base64 in Atom 0.3', () => {
		const packed = (text: string) => Buffer.from(text).toString('base64')
		const feed = `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="base64">${packed('Été')}</title><content type="text/html" mode="base64">
			${packed('<p>Où ?</p><p>Là.</p>')}
			</content></entry></feed>`
		expect(first(feed)).toMatchObject({ title: 'Été', summary: 'Où ? Là.' })
	})

	it('takes the title of Media RSS where there is no other', () => {
		expect(first(rssItem('<media:title>A film</media:title>')).title).toBe('A film')
		expect(
			first(rssItem('<media:content url="a.jpg"><media:title>A well</media:title></media:content>')).title,
		).toBe('A well')
		expect(first(rssItem('<title>T</title><media:title>A film</media:title>')).title).toBe('T')
	})

	it('reads a control of the old Windows charset as the mark that it was', () => {
		expect(first(rssItem('<title>It\u0092s \u0093so\u0094\u0085 &#146;t</title>')).title).toBe(
			'It’s “so”… ’t',
		)
	})

	it('names no pixel, emoji or face as the picture, nor one that the text hides', () => {
		const named = (url: string, more = '') => `<media:content url="${url}" medium="image" ${more}/>`
		const inner = [
			named('https://x.test/i.jpg', 'width="1" height="1"'),
			named('https://s.w.org/images/core/emoji/15.0.3/72x72/1f600.png'),
			named('https://0.gravatar.com/avatar/abc?s=96'),
			named('https://x.test/seen.jpg'),
			'<description>&lt;img src="https://x.test/seen.jpg" style="display:none"&gt;&lt;img src="/real.jpg"&gt;</description>',
		].join('')
		expect(first(rssItem(inner)).imageUrl).toBe('https://charity.test/real.jpg')
	})

	it('has its pictures over https where the mail is', () => {
		const feed = (url: string) => rssItem(`<description>&lt;img src="${url}"&gt;</description>`)
		const image = (url: string, secure: boolean) => {
			const outcome = parseFeed(feed(url), base, null, { secure })
			return outcome.kind === 'feed' && outcome.feed.items[0]?.imageUrl
		}
		expect(image('http://other.test/a.jpg', true)).toBe('https://other.test/a.jpg')
		expect(image('http://other.test/a.jpg', false)).toBe('http://other.test/a.jpg')
		expect(image('http://other.test:8080/a.jpg', true)).toBeNull()
	})
})

describe('the rest of an item', () => {
	it('names authors, never their addresses', () => {
		expect(first(rssItem('<title>T</title><author>awa@charity.test (Awa Diop)</author>')).author).toBe(
			'Awa Diop',
		)
		expect(first(rssItem('<title>T</title><author>awa@charity.test</author>')).author).toBeNull()
		expect(
			first(rssItem('<title>T</title><dc:creator>Awa</dc:creator><dc:creator>Luc</dc:creator>')).author,
		).toBe('Awa, Luc')
		const feed = atomEntry('<title>T</title>').replace(
			'<entry>',
			'<author><name>Office</name></author><entry>',
		)
		expect(first(feed).author).toBe('Office')
	})

	it('keeps each category once, and no more than 20', () => {
		const many = Array.from({ length: 30 }, (_, index) => `<category>c${index % 25}</category>`).join('')
		expect(first(rssItem(`<title>T</title>${many}`)).categories).toHaveLength(20)
		expect(
			first(rssItem('<title>T</title><category>A &amp;amp; B</category><category> A &amp; B</category>'))
				.categories,
		).toEqual(['A & B'])
	})

	it('knows an id too long for an index by its hash', () => {
		expect(first(jsonItem({ id: 'é'.repeat(5000) })).id).toMatch(/^sha256:[0-9a-f]{64}$/)
	})

	it('has no date where it is not one', () => {
		expect(
			first(rssItem('<title>T</title><pubDate>Tue, 31 Feb 2026 10:00:00 GMT</pubDate>')).publishedAt,
		).toBeNull()
		expect(first(rssItem('<title>Story 5</title><pubDate>Story 5</pubDate>')).publishedAt).toBeNull()
	})
})

describe('a long feed', () => {
	const items = (count: number, date: (n: number) => string) =>
		Array.from({ length: count }, (_, n) => `<item><title>${n}</title>${date(n)}</item>`).join('')
	const dated = (n: number) => `<pubDate>${new Date(Date.UTC(2020, 0, n)).toUTCString()}</pubDate>`
	const titles = (inner: string) =>
		read(`<rss version="2.0"><channel><title>News</title>${inner}</channel></rss>`).items.map(
			({ title }) => title,
		)

	it('gives its 500 newest items, wherever they stand', () => {
		expect(titles(items(600, dated))).toEqual(Array.from({ length: 500 }, (_, n) => `${n + 100}`))
		expect(titles(items(600, () => ''))).toEqual(Array.from({ length: 500 }, (_, n) => `${n}`))
	})
})

describe('charsets', () => {
	const feed = (encoding: string) =>
		`<?xml version="1.0" encoding="${encoding}"?>${rssItem('<title>Été à Thiès – œuvre</title>')}`
	const title = 'Été à Thiès – œuvre'
	const windows1252 = (text: string) =>
		Buffer.from(text.replaceAll('–', '\u0096').replaceAll('œ', '\u009c'), 'latin1')

	it.each<[string, Uint8Array, string | undefined]>([
		['UTF-8', Buffer.from(feed('UTF-8')), undefined],
		['UTF-8 with a byte order mark', Buffer.from(`\ufeff${feed('ISO-8859-1')}`), undefined],
		['UTF-16 with a byte order mark', Buffer.from(`\ufeff${feed('UTF-16')}`, 'utf16le'), undefined],
		['UTF-16 without a mark', Buffer.from(feed('UTF-16'), 'utf16le'), undefined],
		['windows-1252 as declared', windows1252(feed('windows-1252')), 'text/xml'],
		['windows-1252 called ISO-8859-1', windows1252(feed('ISO-8859-1')), undefined],
		[
			'windows-1252 by the header',
			windows1252(rssItem(`<title>${title}</title>`)),
			'text/xml; charset="windows-1252"',
		],
		['UTF-8 that the server calls Latin-1', Buffer.from(feed('utf-8')), 'text/xml; charset=iso-8859-1'],
		['windows-1252 that is called UTF-8', windows1252(feed('utf-8')), 'text/xml; charset=utf-8'],
		['a charset that nobody knows', Buffer.from(feed('x-mac-elbonian')), 'text/xml; charset=none'],
	])('%s', (_name, bytes, contentType) => expect(first(bytes, contentType).title).toBe(title))
})

describe('what is no feed or not whole', () => {
	it.each([
		'<!doctype html>\n<meta charset=utf-8>',
		'<!DOCTYPE HTML SYSTEM "about:legacy-compat"><!-- made by hand --> Our news',
		'<title>News</title>',
		'<HEAD>',
	])('a page that begins with %s names its feeds', (beginning) => {
		const page = `${beginning}<link rel=alternate type="application/rss+xml" href="/rss.xml"><h1>News</h1>`
		expect(parseFeed(page, 'https://site.example/news/')).toMatchObject({
			kind: 'failed',
			reason: 'not_a_feed',
			feeds: ['https://site.example/rss.xml'],
		})
	})

	it.each([
		['<!doctype html><html><body>404</body></html>', 'not_a_feed'],
		['<html><body><pre> <rss version="2.0"><channel/></rss></pre></body></html>', 'not_a_feed'],
		['', 'not_a_feed'],
		['Not found', 'not_a_feed'],
		['<opml version="2.0"><body/></opml>', 'not_a_feed'],
		['{"error":"no"}', 'not_a_feed'],
		['[]', 'not_a_feed'],
		['{"version":"https://jsonfeed.org/version/1.1","items":[{"id":', 'broken'],
		[rssItem('<title>One</title>').slice(0, -9), 'broken'],
		[rssItem('<title>One</title>').slice(0, -1), 'broken'],
		[rssItem('<title>One'), 'broken'],
		['<rss version="2.0"></rss>', 'broken'],
	])('%s is %s', (text, reason) => {
		expect(parseFeed(text, base)).toMatchObject({ kind: 'failed', reason })
	})

	it('is described in words that the database takes', () => {
		const outcome = parseFeed(`{"items": \u0000${'x'.repeat(5000)}`, base)
		expect(outcome).toMatchObject({ kind: 'failed', reason: 'broken' })
		expect(outcome.kind === 'failed' && outcome.detail).not.toContain('\u0000')
		expect(outcome.kind === 'failed' && outcome.detail.length).toBeLessThanOrEqual(300)
	})

	it('a feed without items is a feed', () => {
		expect(read('<rss version="2.0"><channel><title>News</title></channel></rss>')).toEqual({
			title: 'News',
			locale: null,
			items: [],
		})
	})

	it('space before and comments after do no harm', () => {
		expect(
			read(`\n \n<?xml version="1.0"?><!-- a > b --> ${rssItem('<title>T</title>')}\n<!-- cached -->`).items,
		).toHaveLength(1)
	})
})

describe('T4: document types', () => {
	it('of RSS 0.91 do no harm', () => {
		const type =
			'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
		expect(first(`<?xml version="1.0"?>${type}${rssItem('<title>T</title>')}`).title).toBe('T')
	})

	it('expand nothing: a billion laughs stay one', () => {
		const entities = Array.from({ length: 10 }, (_, n) => `<!ENTITY lol${n + 1} "${`&lol${n};`.repeat(10)}">`)
		const type = `<!DOCTYPE rss [<!ENTITY lol0 "lol">${entities.join('')}]>`
		expect(first(`<?xml version="1.0"?>${type}${rssItem('<title>&lol10;</title>')}`).title).toBe('&lol10;')
	})

	it('read no file', () => {
		const type =
			'<!DOCTYPE rss [<!ENTITY xxe SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'
		expect(first(`${type}${rssItem('<title>&xxe;</title>')}`).title).toBe('&xxe;')
	})
})
