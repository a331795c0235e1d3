import { isRealPicture } from './is-real-picture.ts'

type Attributes = Readonly<Record<string, string | undefined>>

/** What an `<img>` is: a picture, a sign that stands for text (an emoji), or what nobody is meant to see. */
export type ImageMeaning =
	| { kind: 'picture'; src: string; alt: string | null }
	| { kind: 'sign'; text: string }
	| { kind: 'hidden'; src: string | undefined }

// where pages that load pictures late keep them until then, best first
const lazy = [
	'data-src',
	'data-lazy-src',
	'data-original',
	'data-lazy',
	'data-orig-src',
	'data-full-src',
	'data-hi-res-src',
	'data-image',
	'data-echo',
	'data-url',
]
const lazySets = ['srcset', 'data-srcset', 'data-lazy-srcset']
const placeholder =
	/^(?:data:|about:|#|$)|(?:^|[/_.-])(?:blank|placeholder|spacer|lazy|loading|transparent|grey|gray|pixel|1x1)[\w-]*\.(?:gif|png|svg|jpe?g|webp)/i
const emoji = /\b(?:emoji|wp-smiley|smiley|smilies|twemoji|emojione|emoticon)\b/i

/** Judges an `<img>` by what its attributes say. */
export function readImage(attributes: Attributes): ImageMeaning {
	const src = sourceOf(attributes)
	const alt = attributes.alt?.trim() ?? ''
	if (isHidden(attributes)) return { kind: 'hidden', src }
	if (emoji.test(attributes.class ?? '') || isSignAddress(src) || isOfTextHeight(attributes)) {
		return { kind: 'sign', text: alt.length <= 20 ? alt : '' }
	}
	const [width, height] = [attributes.width, attributes.height].map(pixels)
	if (!src || !isRealPicture({ url: src, width, height })) return { kind: 'hidden', src }
	return { kind: 'picture', src, alt: alt || null }
}

/** Whether an element is not shown, by its attributes or its own style. */
export function isHidden({ style = '', width, height, hidden }: Attributes): boolean {
	if (hidden !== undefined) return true
	const rules = style.toLowerCase().replace(/\s+|!important/g, '')
	const isInvisible =
		/(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all|opacity:0?(?:\.0+)?(?:;|$)|(?:max-)?(?:width|height):0*[0-3]?(?:\.\d+)?(?:px|pt)?(?:;|$)|font-size:0(?:px)?(?:;|$)|(?:left|top|text-indent|margin-left):-\d{3,}|clip:rect\(0)/.test(
			rules,
		)
	return isInvisible || [width, height].some((size) => (pixels(size) ?? 4) <= 3)
}

function sourceOf(attributes: Attributes): string | undefined {
	const src = attributes.src?.trim() ?? ''
	if (!placeholder.test(src)) return src
	const late = lazy.map((name) => attributes[name]?.trim()).find((value) => value && !placeholder.test(value))
	const sets = lazySets.map((name) => fromSet(attributes[name] ?? '')).find(Boolean)
	return late ?? sets ?? (src || undefined)
}

/** The smallest of a `srcset` that fills a mail, else the largest. */
export function fromSet(srcset: string): string | undefined {
	const candidates = srcset
		.slice(0, 8_000)
		.split(/,\s+|,(?=https?:)/)
		.flatMap((candidate) => {
			const [, url, size] = /^\s*(\S{1,2000})(?:\s+(\d{1,5}(?:\.\d+)?)[wx])?\s*,?\s*$/.exec(candidate) ?? []
			return url && !placeholder.test(url) ? [{ url, size: Number(size ?? 1) }] : []
		})
		.toSorted((a, b) => a.size - b.size)
	return (candidates.find(({ size }) => size >= 600) ?? candidates.at(-1))?.url
}

function isSignAddress(src = ''): boolean {
	return /\/(?:emoji|smilies|twemoji|emojione)\//i.test(src)
}

/** As high as a line of text: `height: 1em`. */
function isOfTextHeight({ style = '' }: Attributes): boolean {
	return /(?:^|[;\s])(?:max-)?height\s*:\s*[01](?:\.\d+)?r?em/i.test(style)
}

function pixels(size: string | undefined): number | undefined {
	const [, number] = /^\s*(\d{1,5}(?:\.\d+)?)\s*(?:px)?\s*;?\s*$/i.exec(size ?? '') ?? []
	return number === undefined ? undefined : Number(number)
}
