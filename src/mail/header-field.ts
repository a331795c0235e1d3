import { encodeWord, quoteString } from 'nodemailer/lib/mime-funcs'
import MimeNode from 'nodemailer/lib/mime-node'
import type { Mailbox } from '../kernel/mail.ts'

const maxLine = 76 // RFC 2047 §2: a line that holds an encoded word
const hardMaxLine = 998 // RFC 5322 §2.1.1
const maxEncodedWord = 52

/** Names that `buildMessage` writes itself, or that only a receiving server writes; each may stand once (RFC 5322 §3.6). */
const reservedNames =
	/^(from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*|return-path|received)$/i

/**
 * One header field, folded, without the final line break. `value` is Unicode text; what isn't ASCII becomes
 * encoded words (RFC 2047), line breaks become spaces. A token for which `standsAlone` is true is kept on a
 * line of its own. Throws where the name is no field name or a line can't be kept under 998 octets.
 */
export function headerField(
	name: string,
	value: string,
	standsAlone: (token: string) => boolean = () => false,
): string {
	if (!/^[!-9;-~]+$/.test(name)) throw new Error(`not the name of a header field: ${JSON.stringify(name)}`)
	return fold(name, encodeValue(name, oneLine(value)), standsAlone)
}

/** A field of the caller's choice: as `headerField`, but never one that the message has already. */
export function customHeaderField(
	name: string,
	value: string,
	standsAlone?: (token: string) => boolean,
): string {
	if (reservedNames.test(name)) throw new Error(`the header field ${name} is not for the caller to set`)
	return headerField(name, value, standsAlone)
}

/** From, To or Reply-To with exactly one mailbox. A local part beyond ASCII stays raw UTF-8 (RFC 6532). */
export function mailboxField(name: 'From' | 'To' | 'Reply-To', mailbox: Mailbox): string {
	const address = oneLine(mailbox.address)
	if (!address) throw new Error(`${name} has no address`)
	const encoded = MimeNode.encodeHeaderValue(name, { name: oneLine(mailbox.name ?? ''), address })
	return fold(name, encoded, () => false)
}

/** What a header can hold of a text: well-formed, on one line, without control characters. */
function oneLine(text: string): string {
	return text
		.toWellFormed()
		.replace(/[\p{Cc}\u2028\u2029 ]+/gu, ' ')
		.trim()
}

function encodeValue(name: string, value: string): string {
	if (/^list-id$/i.test(name)) return encodeListId(value)
	// RFC 2369 §2: URLs in angle brackets, where an encoded word would be read literally
	if (/^list-/i.test(name)) return percentEncodeBeyondAscii(value)
	// what merely looks like an encoded word would be decoded by readers
	if (value.includes('=?')) return encodeWord(value, 'Q', maxEncodedWord)
	return MimeNode.encodeHeaderValue(name, value)
}

// RFC 2919 §3: an optional phrase, then the identifier in angle brackets
function encodeListId(value: string): string {
	const [, phrase = '', identifier = value] = /^(.*?)\s*(<[^<>]*>)$/.exec(value) ?? []
	const label = phrase.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1')
	return `${encodePhrase(label)} ${percentEncodeBeyondAscii(identifier)}`.trim()
}

function encodePhrase(text: string): string {
	if (/^[\w ]*$/.test(text)) return text
	if (/^[ -~]*$/.test(text) && !text.includes('=?')) return quoteString(text)
	return encodeWord(text, 'Q', maxEncodedWord)
}

function percentEncodeBeyondAscii(text: string): string {
	return text.replace(/[^ -~]/gu, encodeURIComponent)
}

// The first token always stays beside the name: some signers and readers choke on a bare "List-Unsubscribe:" line
function fold(name: string, value: string, standsAlone: (token: string) => boolean): string {
	const lines: string[] = []
	let line = `${name}:`
	let closed = false
	for (const [index, token] of value.split(' ').entries()) {
		const alone = standsAlone(token)
		if (index > 0 && (closed || alone || line.length + 1 + token.length > maxLine)) {
			lines.push(line)
			line = ''
		}
		line += ` ${token}`
		closed = alone
	}
	lines.push(line)
	if (lines.some((each) => Buffer.byteLength(each) > hardMaxLine))
		throw new Error(`the header field ${name} has a line of more than ${hardMaxLine} octets`)
	return lines.join('\r\n')
}
