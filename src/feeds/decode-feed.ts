import { readAsUtf8 } from './read-as-utf8.ts'

/**
 * The text of a feed from its bytes. RFC 7303 §3: a byte order mark decides, then the charset of the Content-Type, then
 * the XML declaration, then UTF-8. But bytes that are UTF-8 are hardly ever anything else, whatever is said of them, and a
 * few broken ones among many don't change that: they become the letter that Windows-1252 has there, or U+FFFD.
 * Many servers say Latin-1 of everything, so there the declaration comes first.
 */
export function decodeFeed(bytes: Uint8Array, contentType?: string | null): string {
	const wide = wideEncoding(bytes)
	if (wide) return new TextDecoder(wide).decode(bytes)
	const fromHeader = decoderName(/charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1])
	const fromXml = declaredEncoding(bytes)
	const named = (fromHeader === 'windows-1252' ? [fromXml, fromHeader] : [fromHeader, fromXml]).filter(
		(name) => name !== undefined,
	)
	const utf8 = readAsUtf8(bytes)
	const other = named.find((name) => name !== 'utf-8')
	if (isUtf8(utf8, other)) return utf8.text()
	return other ? decodeNamed(bytes, other) : new TextDecoder('windows-1252').decode(bytes)
}

/**
 * Whether bytes are UTF-8, by how many letters of it they hold and how many bytes that are none. In text of a single-byte
 * charset pairs that look like such a letter are rare; in charsets of East Asia they are not, but triples are.
 */
function isUtf8(
	{ letters, longLetters, broken }: ReturnType<typeof readAsUtf8>,
	other: string | undefined,
): boolean {
	if (other === 'iso-2022-jp') return letters > broken
	if (other !== undefined && eastAsian.test(other))
		return longLetters > broken * 20 && longLetters * 2 > letters
	if (broken === 0) return true
	if (other === 'windows-1252') return letters > broken
	return other === undefined ? letters * 4 > broken : letters > broken * 4
}

const eastAsian = /^(?:gb|big5|euc-|shift_jis)/

/** UTF-16 by its mark or, without one, by its zero bytes (XML 1.0 appendix F.1). */
function wideEncoding([first, second]: Uint8Array): string | undefined {
	if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be'
	if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le'
	return undefined
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
	const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
	return decoderName(/^(?:ï»¿)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]{1,40})/i.exec(head)?.[1])
}

/** The name that the Encoding Standard has for a label (`ISO-8859-1` is read as windows-1252), if it knows it. */
function decoderName(label: string | undefined): string | undefined {
	if (!label) return undefined
	try {
		const name = new TextDecoder(label).encoding
		// bytes that begin a declaration in ASCII are not UTF-16, whatever it says
		return name.startsWith('utf-16') ? 'utf-8' : name
	} catch {
		return undefined
	}
}

/** A byte that the charset doesn't have is U+FFFD; where there are many, it is another charset. */
function decodeNamed(bytes: Uint8Array, encoding: string): string {
	const text = new TextDecoder(encoding).decode(bytes)
	const broken = text.split('\ufffd').length - 1
	const foreign = bytes.reduce((count, byte) => count + (byte > 0x7f ? 1 : 0), 0)
	return broken * 5 > foreign && broken > 0 ? new TextDecoder('windows-1252').decode(bytes) : text
}
