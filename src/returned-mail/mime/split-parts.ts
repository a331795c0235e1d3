import { type HeaderFields, readHeaderFields } from './header-fields.ts'

/**
 * One part of a message. `body` is as it stands in the message, one character a byte, with `\n` line ends;
 * `parts` are those of a multipart, else empty.
 */
export type Part = {
	fields: HeaderFields
	type: string
	parameters: ReadonlyMap<string, string>
	body: string
	parts: Part[]
}

const maxDepth = 20
const maxParts = 200
const maxDelimiters = 50_000

/**
 * Takes a message apart (RFC 2045, 2046) as far as a report needs it and forgives what mail systems get wrong:
 * a missing last boundary, a missing empty line, a boundary that never comes. It copies nothing and decodes nothing, so
 * that its time does not depend on what a hostile message holds: deeper or more parts than the limits stay unread text.
 */
export function splitParts(raw: Uint8Array): Part {
	return splitSource(withPlainLineEnds(raw).toString('latin1'))
}

const CR = 13
const LF = 10

/** CRLF and lone CR become LF: byte by byte, because a regular expression takes ten times as long. */
function withPlainLineEnds(raw: Uint8Array): Buffer {
	const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
	if (!bytes.includes(CR)) return bytes
	const plain = Buffer.allocUnsafe(bytes.length)
	let length = 0
	for (let at = 0; at < bytes.length; at += 1) {
		const byte = bytes[at] ?? 0
		if (byte === CR && bytes[at + 1] === LF) continue
		plain[length] = byte === CR ? LF : byte
		length += 1
	}
	return plain.subarray(0, length)
}

/** The same for a message that is held as a string already: one in a part of another. */
export function splitSource(source: string): Part {
	return readPart(source, 0, { parts: 0 })
}

function readPart(source: string, depth: number, count: { parts: number }): Part {
	count.parts += 1
	const { fields, bodyStart } = readHeaderFields(source)
	const { value, parameters } = readContentType(fields.first('content-type'))
	const type = /^[\w.+-]+\/[\w.+-]+$/.test(value) ? value : 'text/plain'
	const body = source.slice(bodyStart)
	const part: Part = { fields, type, parameters, body, parts: [] }
	const boundary = parameters.get('boundary')
	if (!boundary || depth >= maxDepth || !type.startsWith('multipart/')) return part
	for (const inner of splitAtBoundary(body, boundary)) {
		if (count.parts >= maxParts) break
		part.parts.push(readPart(inner, depth + 1, count))
	}
	return part
}

function splitAtBoundary(body: string, boundary: string): string[] {
	const delimiter = `--${boundary}`
	const pieces: string[] = []
	let pieceStart = -1
	let at = body.indexOf(delimiter)
	for (let seen = 0; at >= 0 && pieces.length < maxParts && seen < maxDelimiters; seen += 1) {
		const after = at + delimiter.length
		const isLineStart = at === 0 || body[at - 1] === '\n'
		const closing = body.startsWith('--', after)
		// a longer boundary may begin with this one
		const isWhole = closing || after >= body.length || /[\s]/.test(body[after] ?? '')
		if (isLineStart && isWhole) {
			if (pieceStart >= 0) pieces.push(body.slice(pieceStart, Math.max(pieceStart, at - 1)))
			const lineEnd = body.indexOf('\n', after)
			pieceStart = closing || lineEnd < 0 ? -1 : lineEnd + 1
			if (pieceStart < 0) break
		}
		at = body.indexOf(delimiter, after)
	}
	if (pieceStart >= 0 && pieces.length < maxParts) pieces.push(body.slice(pieceStart))
	return pieces
}

const parameter = /;\s*([\w.*-]{1,40})\s*=\s*(?:"((?:[^"\\]|\\.){0,400})"|([^\s;"]{1,400}))/g

/** A structured value like that of Content-Type: its first word in lower case and its parameters. */
function readContentType(field: string): { value: string; parameters: Map<string, string> } {
	const short = field.slice(0, 4_000)
	const parameters = new Map<string, string>()
	for (const [, name = '', quoted, bare] of short.matchAll(parameter)) {
		const key = name.toLowerCase().replace(/\*0?\*?$/, '') // RFC 2231 continuations: the first is enough
		if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '')
	}
	return { value: (short.split(';', 1)[0] ?? '').trim().toLowerCase(), parameters }
}
