import type { Part } from './split-parts.ts'
import { textFromBytes } from './text-from-bytes.ts'

/** The text of a part, its transfer encoding (RFC 2045 §6) and charset undone, at most `maxLength` encoded characters of it. */
export function decodeBody(part: Part, maxLength: number): string {
	const encoded = part.body.slice(0, maxLength)
	const encoding = part.fields.first('content-transfer-encoding').trim().toLowerCase()
	return textFromBytes(undoEncoding(encoded, encoding), part.parameters.get('charset') ?? '')
}

function undoEncoding(encoded: string, encoding: string): Uint8Array {
	if (encoding.startsWith('base64')) return Buffer.from(encoded, 'base64')
	if (encoding.startsWith('quoted')) return fromQuotedPrintable(encoded)
	return Buffer.from(encoded, 'latin1')
}

function fromQuotedPrintable(encoded: string): Uint8Array {
	const text = encoded
		.replace(/=[ \t]{0,80}\n/g, '')
		.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
	return Buffer.from(text, 'latin1')
}
