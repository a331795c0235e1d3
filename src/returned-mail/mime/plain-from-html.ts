const entities: Readonly<Record<string, string>> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: ' ',
	'#39': "'",
}

const breaking = /^\/?(?:p|div|br|tr|li|ul|ol|h[1-6]|table|blockquote|pre|hr|td|th)$/

/**
 * What a person reads of an HTML report, roughly: tags gone, blocks on lines of their own, the usual entities
 * decoded. One pass from left to right, so that no markup makes it slow.
 */
export function plainFromHtml(html: string): string {
	const pieces: string[] = []
	let at = 0
	while (at < html.length) {
		const open = html.indexOf('<', at)
		if (open < 0) {
			pieces.push(html.slice(at))
			break
		}
		pieces.push(html.slice(at, open))
		const close = html.indexOf('>', open)
		if (close < 0) break
		const name = (/^[!/]?[a-z0-9]{0,12}/i.exec(html.slice(open + 1, open + 15))?.[0] ?? '').toLowerCase()
		// <user@example.net> in a text that forgot to escape it
		if (html.slice(open, close).includes('@') && !/[\s=]/.test(html.slice(open, close))) {
			pieces.push(html.slice(open, close + 1))
		} else if (breaking.test(name)) pieces.push('\n')
		at = close + 1
		if (name === 'style' || name === 'script') {
			const end = html.indexOf(`</${name}`, at)
			at = end < 0 ? html.length : end
		}
	}
	return pieces
		.join('')
		.replace(
			/&(#?\w{1,8});/g,
			(whole, name: string) => entities[name.toLowerCase()] ?? fromNumber(name) ?? whole,
		)
}

function fromNumber(name: string): string | undefined {
	const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name)
	if (!digits) return undefined
	const point = digits[1] ? Number.parseInt(digits[1], 16) : Number(digits[2])
	return point <= 0x10ffff ? String.fromCodePoint(point) : undefined
}
