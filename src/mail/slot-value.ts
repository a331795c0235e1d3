import { escapeHtml } from '../kernel/escape-html.ts'
import type { SlotValue } from '../kernel/mail.ts'
import type { SlotPlace } from './message-pieces.ts'

const maxHeaderValue = 800 // leaves room for the rest of the line, RFC 5322 §2.1.1
const maxLine = 75 // 76 less the soft line break's "=", RFC 2045 §6.7 (5)

/**
 * A recipient's value as it goes over the wire at its place: quoted-printable in the parts, escaped in HTML.
 * In a header only visible ASCII without angle brackets can stand: anything else throws, so no value makes a header.
 */
export function encodeSlotValue(value: SlotValue, place: SlotPlace): string {
	if (typeof value !== 'string') return encodeName(value.name, place)
	if (place === 'header') return headerValue(value)
	const text = place === 'html' ? escapeHtml(value) : value
	return /^[!-<>-~]{0,75}$/.test(text) ? text : quotedPrintable(text)
}

/** Keeps a name from turning the sentence around it: in plain text by isolates (UAX #9), where it would. */
function encodeName(name: string, place: SlotPlace): string {
	if (place === 'header') throw new Error('a name can’t stand in a header')
	if (place === 'html') return quotedPrintable(` <bdi>${escapeHtml(name)}</bdi>`)
	return quotedPrintable(` ${rightToLeft.test(name) ? `\u2068${name}\u2069` : name}`)
}

/** The blocks of scripts that are written from right to left (UAX #9, DerivedBidiClass). */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

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
