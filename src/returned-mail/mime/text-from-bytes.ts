import { TextDecoder } from 'node:util'

const decoders = new Map<string, TextDecoder | undefined>()

/**
 * Text of bytes whose charset is known by a label that may be wrong, unknown or missing. Never throws.
 * Labels are those of the WHATWG Encoding Standard, and UTF-7 (RFC 2152), which older Exchange writes.
 */
export function textFromBytes(bytes: Uint8Array, charset: string): string {
	const label = charset.trim().toLowerCase()
	if (/^(unicode-1-1-)?utf-?7$/.test(label)) return fromUtf7(Buffer.from(bytes).toString('latin1'))
	const decoder = label === '' || /^(us-)?ascii$/.test(label) ? undefined : decoderFor(label)
	if (decoder) {
		const text = decoder.decode(bytes)
		if (!looksBroken(text)) return text
	}
	return guess(bytes)
}

function decoderFor(label: string, fatal = false): TextDecoder | undefined {
	const key = `${label} ${fatal}`
	if (!decoders.has(key)) decoders.set(key, makeDecoder(label, fatal))
	return decoders.get(key)
}

function makeDecoder(label: string, fatal: boolean): TextDecoder | undefined {
	try {
		return new TextDecoder(label, { fatal })
	} catch {
		return undefined // a RangeError: no such charset
	}
}

function looksBroken(text: string): boolean {
	const first = text.indexOf('\ufffd')
	return first >= 0 && text.indexOf('\ufffd', first + 1) >= 0
}

/** The charsets that mail without a true label is written in, the strictest first. */
const likelyCharsets = ['utf-8', 'euc-jp', 'shift_jis'] as const

function guess(bytes: Uint8Array): string {
	const raw = Buffer.from(bytes)
	if (raw.includes('\x1b$')) return decoderFor('iso-2022-jp')?.decode(bytes) ?? raw.toString('latin1')
	for (const charset of likelyCharsets) {
		try {
			const text = decoderFor(charset, true)?.decode(bytes)
			if (text !== undefined) return text
		} catch {
			// not in that charset
		}
	}
	return decoderFor('windows-1252')?.decode(bytes) ?? raw.toString('latin1')
}

// RFC 2152 §2: a run of modified base64 of UTF-16 between + and -
function fromUtf7(text: string): string {
	return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, base64: string) => {
		if (base64 === '') return '+'
		const pairs = Buffer.from(base64, 'base64')
		return pairs
			.subarray(0, pairs.length & ~1)
			.swap16()
			.toString('utf16le')
	})
}
