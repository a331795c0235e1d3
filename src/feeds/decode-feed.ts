/**
 * The text of a feed from its bytes. RFC 7303 §3: a byte order mark decides, then the charset of the Content-Type, then
 * the XML declaration, then UTF-8. Many servers say Latin-1 of everything, so there the declaration comes first.
 * A charset that can't be right (invalid UTF-8) gives way to the next.
 */
export function decodeFeed(bytes: Uint8Array, contentType?: string | null): string {
	const fromMark = byteOrderMark(bytes)
	if (fromMark) return new TextDecoder(fromMark).decode(bytes)
	const fromHeader = decoderName(/charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1])
	const fromXml = declaredEncoding(bytes)
	const named = fromHeader === 'windows-1252' ? [fromXml, fromHeader] : [fromHeader, fromXml]
	for (const encoding of [...named, 'utf-8']) {
		const text = encoding && tryDecode(bytes, encoding)
		if (text !== undefined && text !== '') return text
	}
	return new TextDecoder('windows-1252').decode(bytes)
}

function byteOrderMark([first, second, third]: Uint8Array): string | undefined {
	if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
	if (first === 0xfe && second === 0xff) return 'utf-16be'
	if (first === 0xff && second === 0xfe) return 'utf-16le'
	return undefined
}

/** What the XML declaration says; without one, UTF-16 is seen by its zero bytes (XML 1.0 appendix F.1). */
function declaredEncoding(bytes: Uint8Array): string | undefined {
	if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le'
	if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be'
	const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
	return decoderName(/^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]{1,40})/i.exec(head)?.[1])
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

function tryDecode(bytes: Uint8Array, encoding: string): string | undefined {
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes)
	} catch {
		return undefined
	}
}
