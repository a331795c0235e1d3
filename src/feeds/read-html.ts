import { compile, type DomNode, type FormatCallback } from 'html-to-text'
import { cleanText } from './clean-text.ts'
import { fromSet, isHidden, readImage } from './html-image.ts'
import { withoutHiddenParts } from './without-hidden-parts.ts'
import { blockMark, type HtmlLink, linkEnd, linkStart, withoutTrailer } from './without-trailer.ts'

/** An `<img>` as it stands in the page; `src` may be relative. */
export type HtmlImage = { src: string; alt: string | null }

/** `hiddenImages`: addresses of those that nobody is meant to see. */
export type HtmlReading = { text: string; images: HtmlImage[]; hiddenImages: string[] }

type Found = Pick<HtmlReading, 'images' | 'hiddenImages'> & { links: HtmlLink[] }

// whatever else there is begins and ends a line of its own, and never runs into its neighbour
const inline = new Set(
	'a abbr acronym amp-img b bdi bdo big blink cite code data del dfn em font i img ins kbd label mark nobr o:p picture q rb rp rt ruby s samp small source span strike strong sub sup time tt u var wbr'.split(
		' ',
	),
)

// for these the library has formats of its own, with bullets and blank lines
const formatted =
	'article aside blockquote br div footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul wbr'.split(
		' ',
	)

type Builder = Parameters<FormatCallback>[2]

const found = (builder: Builder) => (builder as unknown as { metadata: Found }).metadata

const toText = compile({
	wordwrap: false,
	limits: { maxDepth: 200, ellipsis: '' },
	formatters: {
		image: ((element, _walk, builder) => keepImage(element, builder)) satisfies FormatCallback,
		source: ((element, _walk, builder) => keepSource(element, builder)) satisfies FormatCallback,
		link: ((element, walk, builder) => {
			if (isHidden(element.attribs)) return
			const { href, class: classes } = element.attribs as Record<string, string | undefined>
			found(builder).links.push({ href: href ?? '', classes: classes ?? '' })
			builder.addInline(linkStart)
			walk(element.children, builder)
			builder.addInline(linkEnd)
		}) satisfies FormatCallback,
		any: ((element, walk, builder) => {
			if (isHidden(withoutSize(element))) return hideImages(element, builder, 0)
			const mark = inline.has(element.name ?? '') ? '' : ` ${blockMark} `
			if (mark) builder.addInline(mark)
			walk(element.children, builder)
			if (mark) builder.addInline(mark)
		}) satisfies FormatCallback,
	},
	selectors: [
		{ selector: '*', format: 'any' },
		...formatted.map((selector) => ({ selector, format: 'any' })),
		{ selector: 'a', format: 'link' },
		{ selector: 'img', format: 'image' },
		{ selector: 'amp-img', format: 'image' },
		{ selector: 'source', format: 'source' },
	],
	// the second parameter, handed on to formatters, is not in its published types
}) as (html: string, metadata: Found) => string

/**
 * What a person reads of a piece of HTML, as one line of plain text with entities decoded, and its images. Left out are
 * scripts, styles, embedded pages, what is hidden, and at the end what only leads on: "Read more", "The post … appeared
 * first on …". `link` is where the item leads. Broken and hostile markup gives what text there is.
 */
export function readHtml(html: string, link: string | null = null): HtmlReading {
	const kept: Found = { images: [], hiddenImages: [], links: [] }
	const marks = new RegExp(`[${blockMark}${linkStart}${linkEnd}]`, 'g')
	const marked = toText(withoutHiddenParts(html.replace(marks, '')), kept)
	const { images, hiddenImages, links } = kept
	return { text: cleanText(withoutTrailer(marked, links, link)), images, hiddenImages }
}

// a table or a cell may be one pixel wide and still be shown
function withoutSize({ attribs }: DomNode) {
	const { style, hidden } = attribs as Record<string, string | undefined>
	const isLayout =
		style !== undefined &&
		!/display|visibility|opacity|mso-hide|overflow\s*:\s*hidden|clip|font-size|:\s*-\d/i.test(style)
	return { hidden, style: isLayout ? undefined : style }
}

function keepImage({ attribs }: DomNode, builder: Builder): void {
	const { images, hiddenImages } = found(builder)
	const image = readImage(attribs)
	if (image.kind === 'sign') builder.addInline(image.text)
	if (image.kind === 'hidden' && image.src && hiddenImages.length < 100) hiddenImages.push(image.src)
	if (image.kind !== 'picture' || images.length >= 20) return
	const alt = image.alt ? cleanText(image.alt) || null : null
	const same = images.find(({ src }) => src === image.src)
	if (same) same.alt ??= alt
	else images.push({ src: image.src, alt })
}

/** `<picture><source srcset>`: its `<img>` may be a placeholder only. */
function keepSource({ attribs, parent }: DomNode & { parent?: DomNode }, builder: Builder): void {
	const { srcset, 'data-srcset': late, type = '' } = attribs as Record<string, string | undefined>
	const src = fromSet(srcset ?? late ?? '')
	// mail programs know hardly anything newer than these
	if (parent?.name !== 'picture' || !src || /avif|webp|svg/i.test(type)) return
	const hasImage = (parent.children ?? []).some(
		(child: DomNode) => child.name === 'img' && readImage(child.attribs).kind === 'picture',
	)
	if (!hasImage) keepImage({ attribs: { src } } as DomNode, builder)
}

function hideImages(element: DomNode, builder: Builder, depth: number): void {
	const { hiddenImages } = found(builder)
	for (const child of element.children ?? []) {
		const src = child.name === 'img' ? child.attribs?.src : undefined
		if (src && hiddenImages.length < 100) hiddenImages.push(src)
		if (depth < 50) hideImages(child, builder, depth + 1)
	}
}
