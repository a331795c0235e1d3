import { describe, expect, it } from 'vitest'
import { readHtml } from '../../src/feeds/read-html.ts'

const link = 'https://charity.test/a'
const textOf = (html: string) => readHtml(html, link).text
const picturesOf = (html: string) => readHtml(html, link).images.map(({ src }) => src)

describe('text', () => {
	it('never runs together at the end of a block or a line', () => {
		const html =
			'<h2>a</h2>b<br>c<br/>d<div>e</div><address>f</address><dl><dt>g<dd>h</dl><table><tr><td>i</td><td>j</td></tr></table><ul><li>k<li>l</ul><details><summary>m</summary>n</details><own-element>o</own-element>p'
		expect(textOf(html)).toBe('a b c d e f g h i j k l m n o p')
		expect(textOf('One<b>word</b> <i>here</i><span>!</span>')).toBe('Oneword here!')
	})

	it.each([
		[`<img src="data:image/png;base64,${'A'.repeat(120_000)}"><p>Text</p>`],
		[`<style>${'p{}'.repeat(50_000)}</style><p>Text</p>`],
		[`<!-- ${'x'.repeat(120_000)} --><p>Text</p>`],
		['<object data="x"><p>Text</p>'],
		['<iframe src="x"/><p>Text</p>'],
		['<iframe src="x"><p>Text</p>'],
		['<script src="x"/><p>Text</p>'],
		['<video src="x"/><textarea/><title/><svg/><form><p>Text</p>'],
		['<object><param><p>gone</p></object><script>gone</script><svg><text>gone</text></svg><p>Text</p>'],
		['<div style="display:none">gone</div><span hidden>gone</span><p>Text</p>'],
		[
			'<div style="mso-hide:all;max-height:0;overflow:hidden">gone</div><p style="line-height:0.5;width:100%">Text</p>',
		],
		['<noscript>gone</noscript>Text'],
		['&lt;![CDATA[Text]]&gt;'.replace(/&lt;!.CDATA.|..&gt;/g, '')],
	])('%.60s is Text', (html) => expect(textOf(html)).toBe('Text'))

	it('keeps an emoji that is a picture as its sign', () => {
		const emoji =
			'<img src="https://s.w.org/images/core/emoji/15.0.3/72x72/1f600.png" alt="😀" class="wp-smiley" style="height: 1em;">'
		expect(readHtml(`Hello ${emoji} you`)).toEqual({ text: 'Hello 😀 you', images: [], hiddenImages: [] })
		expect(textOf('Bye <img src="/wp-includes/images/smilies/icon.gif" alt=":)">')).toBe('Bye :)')
	})
})

describe('what only leads on', () => {
	const here = (text: string, attributes = '') => `<a href="${link}"${attributes}>${text}</a>`
	const site = '<a rel="nofollow" href="https://charity.test">Us &amp; you</a>'
	it.each([
		`<p>The post ${here('The post office')} appeared first on ${site}.</p>`,
		`<p class="x">The post ${here('A <em>b</em> &#8211; c', ' rel="nofollow"')} first appeared on ${site}.</p>`,
		`The post <a href="http://www.charity.test/a/?utm_source=rss&amp;utm_medium=rss">A</a> appeared first on ${site}.`,
		`<div>The post A. B? appeared first on Us.</div>`,
		`<p>L&#8217;article ${here('A')} est apparu en premier sur ${site}.</p>`,
		`<p>Cet article ${here('A')} est apparu en premier sur <a href="https://charity.test/fr/">Nous</a>.</p>`,
		`<p>Der Beitrag ${here('A')} erschien zuerst auf ${site}.</p>`,
		`<p>La entrada ${here('A')} se publicó primero en ${site}.</p>`,
		`<p>L&#8217;articolo ${here('A')} proviene da ${site}.</p>`,
		`<p>O post ${here('A')} apareceu primeiro em ${site}.</p>`,
		`<p>Het bericht ${here('A')} verscheen eerst op ${site}.</p>`,
		`<p>Artykuł ${here('A')} pochodzi z serwisu ${site}.</p>`,
		`<p>${here('Continue reading <span>A b</span> <span>&rarr;</span>')}</p>`,
		here('Lire la suite', ' class="more-link"'),
		here('Weiterlesen »'),
		here('Leer más'),
		here('[&hellip;]'),
		here('Tovább'),
		'Read more…',
		`${here('Read more')}<p>The post ${here('A')} appeared first on ${site}.</p>`,
	])('is left out: %s', (trailer) => {
		expect(textOf(`<p>Words of it.</p>${trailer}`)).toBe('Words of it.')
		expect(textOf(`<p>Words of it. ${trailer}</p>`)).toBe('Words of it.')
	})

	it.each([
		['<p>See <a href="https://charity.test/a">our report</a></p>', 'See our report'],
		[
			'<p>Learn more about wells from <a href="https://x.test">X</a>. We do.</p>',
			'Learn more about wells from X. We do.',
		],
		['<p>The article was long. It appeared on Monday.</p>', 'The article was long. It appeared on Monday.'],
		['<p>Start […]</p>', 'Start […]'],
	])('is nothing of %s', (html, text) => expect(textOf(html)).toBe(text))
})

describe('pictures', () => {
	it.each([
		'width="1" height="1"',
		'height=0',
		'width="1px"',
		'style="display:none"',
		'style="width: 1px; height: 1px"',
		'style="visibility: hidden !important"',
		'style="opacity:0"',
		'style="position:absolute;left:-9999px"',
		'hidden',
	])('that nobody sees are none: %s', (attributes) => {
		const html = `<img src="/count.jpg" ${attributes}><img src="/real.jpg" style="width:100%;height:auto;max-width:640px" width="640">`
		expect(readHtml(html)).toMatchObject({ images: [{ src: '/real.jpg' }], hiddenImages: ['/count.jpg'] })
	})

	it.each([
		'<div style="display:none"><p><img src="/count.jpg"></p></div>',
		'<img src="https://counter.news.test/content/1/count.gif">',
		'<img src="https://pixel.wp.com/b.gif?host=x">',
		'<img src="https://feeds.feedburner.com/~r/x/~4/y">',
		'<img src="/share.png" width="16" height="16">',
		'<img src="/logo.svg">',
		'<img src="data:image/png;base64,AAAA">',
	])('of no use are none: %s', (html) => expect(picturesOf(html)).toEqual([]))

	it.each([
		['<img src="data:image/gif;base64,R0lGOD" data-src="/a.jpg"><noscript><img src="/a.jpg"></noscript>'],
		['<img data-lazy-src="/a.jpg" src="/placeholder.gif">'],
		['<img data-original="/a.jpg">'],
		['<noscript><img src="/a.jpg">Enable scripts</noscript>'],
		['<img srcset="/s.jpg 300w, /a.jpg 800w, /l.jpg 2000w">'],
		['<img src="data:," data-srcset="/s.jpg 300w, /a.jpg 500w">'],
		[
			'<picture><source srcset="/a.webp" type="image/webp"><source srcset="/a.jpg" type="image/jpeg"><img src="data:,"></picture>',
		],
		['<amp-img src="/a.jpg" width="600" height="400"></amp-img>'],
	])('that are loaded late are found: %s', (html) => expect(picturesOf(html)).toEqual(['/a.jpg']))
})

it('takes time in proportion to the length, however it is made', () => {
	for (const piece of [
		'<!--',
		'<iframe',
		'<object>',
		'<script',
		'<a href=x>',
		'<noscript>',
		'data:image/png;',
		'Read more ',
		'</p>. The post ',
	]) {
		const started = performance.now()
		readHtml(piece.repeat(1_000_000 / piece.length), link)
		expect(performance.now() - started).toBeLessThan(5_000)
	}
})
