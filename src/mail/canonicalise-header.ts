/** One header field, with its name, in the relaxed form that DKIM hashes, without the final CRLF (RFC 6376 §3.4.2). */
export function canonicaliseHeaderField(field: string): string {
	const colon = field.indexOf(':')
	const name = field.slice(0, colon).replace(/[ \t]+$/, '')
	const value = field.slice(colon + 1).replaceAll('\r\n', '')
	return `${name.toLowerCase()}:${trimSpace(value.replace(/[ \t]+/g, ' '))}`
}

function trimSpace(text: string): string {
	const start = text.startsWith(' ') ? 1 : 0
	return text.slice(start, text.length > start && text.endsWith(' ') ? -1 : undefined)
}
