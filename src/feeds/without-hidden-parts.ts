import { MAX_HTML_CHARACTERS } from './limits.ts'

/** What a reader never sees, or a mail can't show. */
const hidden =
	/<(script|style|iframe|object|embed|applet|video|audio|canvas|svg|math|template|form|select|textarea|title|head|noembed|noframes|noscript)\b([^<>]{0,4000})(>|$)/gi
// pictures written into their own address: long, and nothing a mail can show
const longData = /\bdata:[\w.+-]{1,40}\/[\w.+-]{1,60}[;,][^"'\s<>)]{100,}/gi

/**
 * HTML without comments, scripts, embedded pages and the like, cut to a bounded length only then: what stands behind
 * 120 KB of a picture or a style sheet is found. An element that is never closed, or is written `<iframe/>`, takes nothing
 * with it; but a script or style does, as in any browser. Of `noscript` its pictures stay. Takes time in proportion to the length.
 */
export function withoutHiddenParts(html: string): string {
	const text = withoutComments(html.replace(longData, 'data:,'))
	const kept: string[] = []
	let length = 0
	let from = 0
	hidden.lastIndex = 0
	for (let found = hidden.exec(text); found && length <= MAX_HTML_CHARACTERS; found = hidden.exec(text)) {
		kept.push(text.slice(from, found.index), ' ')
		length += found.index - from
		const name = (found[1] ?? '').toLowerCase()
		const inner = found.index + found[0].length
		const end = /\/\s*$/.test(found[2] ?? '') ? undefined : findEnd(text, name, inner)
		if (name === 'noscript') kept.push(...picturesOf(text.slice(inner, end?.start ?? inner)))
		from = end?.after ?? inner
		hidden.lastIndex = from
	}
	kept.push(text.slice(from))
	return kept.join('').slice(0, MAX_HTML_CHARACTERS)
}

/** Where the content of an element ends; undefined where it isn't closed before the next of its kind begins. */
function findEnd(text: string, name: string, from: number): { start: number; after: number } | undefined {
	const isRaw = name === 'script' || name === 'style'
	const tag = new RegExp(isRaw ? `<(/)${name}\\b` : `<(/?)${name}\\b`, 'gi')
	tag.lastIndex = from
	const found = tag.exec(text)
	if (!found?.[1]) return isRaw ? { start: text.length, after: text.length } : undefined
	const close = text.indexOf('>', found.index)
	return { start: found.index, after: close < 0 ? text.length : close + 1 }
}

function picturesOf(html: string): string[] {
	return html.slice(0, 20_000).match(/<img\b[^<>]{1,4000}>/gi) ?? []
}

/** A comment that never ends is left where it is. */
function withoutComments(html: string): string {
	const kept: string[] = []
	let from = 0
	for (let start = html.indexOf('<!--'); start >= 0; start = html.indexOf('<!--', from)) {
		const end = html.indexOf('-->', start + 2)
		if (end < 0) break
		kept.push(html.slice(from, start))
		from = end + 3
	}
	return kept.join('') + html.slice(from)
}
