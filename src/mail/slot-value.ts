import { escapeHtml } from './escape-html.ts'
import type { SlotPlace } from './message-pieces.ts'

const maxHeaderValue = 800 // leaves room for the rest of the line, RFC 5322 §2.1.1
const maxLine = 75 // 76 less the soft line break's "=", RFC 2045 §6.7 (5)

/**
 * A recipient's value as it goes over the wire at its place: quoted-printable in the parts, escaped in HTML.
 * In a header only visible ASCII without angle brackets can stand: anything else throws, so no value makes a header.
 */
export function encodeSlotValue(value: string, place: SlotPlace): string {
	if (place === 'header') return headerValue(value)
	const text = place === 'html' ? escapeHtml(value) : value
	return /^[!-<>-~]{0,75}$/.test(text) ? text : quotedPrintable(text)
}

function headerValue(value: string): string {
	if (!/^[!-;=?-~]*$/.test(value) || value.length > maxHeaderValue)
		throw new Error('a value that can’t stand in a header')
	return value
}

function quotedPrintable(text: string): string {
	return text
		.split(/\r\n|\r|\n/)
		.map(encodeLine)
		.join('\r\n')
}

function encodeLine(text: string): string {
	const done: string[] = []
	let line = ''
	const bytes = Buffer.from(text)
	for (const [index, byte] of bytes.entries()) {
		const octet = encodeOctet(byte, index === bytes.length - 1)
		if (line.length + octet.length > maxLine) {
			done.push(`${line}=`)
			line = ''
		}
		line += octet
	}
	done.push(line)
	return done.join('\r\n')
}

// RFC 2045 §6.7 (1) to (3): white space at the end of a line would be lost
function encodeOctet(byte: number, last: boolean): string {
	const literal = (byte >= 0x21 && byte <= 0x7e && byte !== 0x3d) || (byte === 0x20 && !last)
	return literal ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
