import { compile, type DomNode, type FormatCallback } from 'html-to-text'
import { cleanText } from './clean-text.ts'
import { MAX_HTML_CHARACTERS } from './limits.ts'

type Found = { images: HtmlImage[] }

/** An `<img>` as it stands in the page; `src` may be relative. */
export type HtmlImage = { src: string; alt: string | null }

const hidden = [
	'iframe',
	'noscript',
	'object',
	'svg',
	'math',
	'template',
	'video',
	'audio',
	'form',
	'title',
	'head',
]
const spaced = [
	'p',
	'br',
	'hr',
	'div',
	'li',
	'ul',
	'ol',
	'dt',
	'dd',
	'tr',
	'td',
	'th',
	'table',
	'pre',
	'blockquote',
]
const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'figure', 'figcaption', 'section', 'article']

const toText = compile({
	wordwrap: false,
	limits: { maxDepth: 200, ellipsis: '' },
	formatters: {
		image: ((element: DomNode, _walk, builder) => {
			keepImage(element, (builder as unknown as { metadata: Found }).metadata.images)
		}) satisfies FormatCallback,
		spaced: ((element, walk, builder) => {
			builder.addInline(' ')
			walk(element.children, builder)
			builder.addInline(' ')
		}) satisfies FormatCallback,
	},
	selectors: [
		{ selector: '*', format: 'inline' },
		{ selector: 'a', format: 'inline' },
		{ selector: 'img', format: 'image' },
		...[...spaced, ...headings].map((selector) => ({ selector, format: 'spaced' })),
		...hidden.map((selector) => ({ selector, format: 'skip' })),
	],
	// the second parameter, handed on to formatters, is not in its published types
}) as (html: string, metadata: Found) => string

/**
 * What a person reads of a piece of HTML, as one line of plain text with entities decoded, and its images.
 * Scripts, styles and embedded pages are left out; broken and hostile markup gives what text there is.
 */
export function readHtml(html: string): { text: string; images: HtmlImage[] } {
	const found: Found = { images: [] }
	const text = toText(html.slice(0, MAX_HTML_CHARACTERS), found)
	return { text: cleanText(text), images: found.images }
}

function keepImage(element: DomNode, images: HtmlImage[]): void {
	const { src, alt, width, height } = element.attribs as Record<string, string | undefined>
	// one-pixel images count readers
	const isPixel = [width, height].some((size) => size !== undefined && /^[01](px)?$/.test(size.trim()))
	if (!src || isPixel || images.length >= 20) return
	images.push({ src, alt: alt ? cleanText(alt) || null : null })
}
