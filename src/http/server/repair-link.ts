/**
 * Takes off a link of a mail what a mail program took along (`.` `)` `&gt;` `=0A` a zero-width space …) or put into it (a line
 * break), so that it leads to its page without a redirect, which one-click POSTs don't follow (mail-rules U6). Only what
 * can't be part of the link goes: one that was altered stays unknown. Takes and gives a request's path with its query.
 */
export function repairLink(url: string): string {
	const [, path = '', query = ''] = /^([^?]*)(\?.*)?$/s.exec(url) ?? []
	const [, kind = '', rest = ''] = /^\/(confirm|unsubscribe|digests|newsletters)\/(.+)$/s.exec(path) ?? []
	if (rest === '') return url
	const parts = rest.split('/').map(decodeLoosely)
	const repaired = kind === 'confirm' || kind === 'unsubscribe' ? repairToken(parts) : repairEnd(kind, parts)
	return repaired === undefined ? url : `/${kind}/${repaired}${query}`
}

// `randomToken`, and `signToken` with its MAC in hex or in base64url
const tokens = [/^[\w-]{43}$/, /^[a-z\d]{1,8}(?:\.[a-z\d]+)+\.(?:[a-f\d]{32}|[\w-]{22})$/]

function repairToken([first = '', ...more]: string[]): string | undefined {
	// the longer one: what stands before a line break can look like a token too
	const token = candidatesFor(first, /[^\w.-]/).findLast((text) => tokens.some((shape) => shape.test(text)))
	const [action = ''] = more.map((part) => cutAt(/[^a-z]/, withoutUnseen(part)))
	return token && (action ? `${token}/${more.map(encodeURIComponent).join('/')}` : token)
}

/** The last part of a page's address: the language, or the newsletter where there is none. */
function repairEnd(kind: string, parts: string[]): string | undefined {
	const kept = parts.filter((part, index) => index === 0 || /[a-z\d\0]/i.test(part))
	const end = candidatesFor(kept.at(-1) ?? '', /[^A-Za-z\d_-]/)[0]
	if (!end) return undefined
	const before = kept.slice(0, -1).map((part) => (kind === 'digests' ? withoutUnseen(part) : part))
	return [...before, end].map(encodeURIComponent).join('/')
}

/** A part up to what can't belong to it; and, where a line was broken with a `=` (RFC 2045 §6.7), the same without that. */
function candidatesFor(part: string, foreign: RegExp): string[] {
	const text = withoutUnseen(part.replace(/=\r?\n/g, ''))
	return [text, text.replaceAll('=', '')].map((one) => cutAt(foreign, one).replace(/\.+$/, ''))
}

/** From its first character that isn't foreign to the next that is. */
function cutAt(foreign: RegExp, text: string): string {
	const begun = text.slice(
		Math.max(
			0,
			[...text].findIndex((character) => !foreign.test(character)),
		),
	)
	const end = begun.search(foreign)
	return end < 0 ? begun : begun.slice(0, end)
}

/** Without blanks, line breaks, control characters, soft hyphens, zero-width spaces and other marks that nobody sees. */
function withoutUnseen(text: string): string {
	return text.replace(/[\s\p{Z}\p{Cc}\p{Cf}\p{M}]/gu, '')
}

/** Bytes that are no UTF-8 (a no-break space of Latin-1) become U+FFFD; a `%` that begins nothing stays. */
function decodeLoosely(part: string): string {
	return part.replace(/(?:%[\da-f]{2})+/gi, (bytes) =>
		Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
	)
}
