import { createHash } from 'node:crypto'
import { encodeQuotedPrintable } from './encode-quoted-printable.ts'
import { cutQuotedPrintable, joinPieces, type Markers, type MessagePieces } from './message-pieces.ts'

/**
 * A body of a text and an HTML part (RFC 2046 §5.1.4, the text first), UTF-8 in quoted-printable, cut at the slots, with the
 * header fields that announce it. All of it is ASCII, and to the octet what Nodemailer's composer makes, so that a message
 * that is repeated after an upgrade is the same. Throws where a part is empty or a slot's name is not known.
 */
export function composeBody<Slot extends string>(
	{ text, html }: { text: string; html: string },
	nonce: string,
	markers: Markers<Slot>,
): { mimeFields: string; body: MessagePieces<Slot> } {
	if (!/\S/.test(text) || !/\S/.test(html)) throw new Error('a message needs its text and its HTML part')
	const boundary = `--_NmP-${uniqueOf(nonce)}-Part_1`
	const parts = [
		plain(openPart(boundary, 'plain')),
		cutQuotedPrintable(encodeQuotedPrintable(withLineBreaks(text)), 'text', markers),
		plain(openPart(boundary, 'html')),
		cutQuotedPrintable(encodeQuotedPrintable(withLineBreaks(html)), 'html', markers),
		plain(`--${boundary}--\r\n`),
	]
	return {
		mimeFields: `MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="${boundary}"`,
		body: parts.reduce((body, next) => joinPieces(body, next)),
	}

	function plain(rest: string): MessagePieces<Slot> {
		return { pieces: [], rest }
	}
}

/** The same in every process and at every try: a message that is repeated is the same to the byte. */
function uniqueOf(nonce: string): string {
	return createHash('sha256').update(nonce).digest('hex').slice(0, 16)
}

function openPart(boundary: string, type: 'plain' | 'html'): string {
	const fields = `Content-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable`
	return `--${boundary}\r\n${fields}\r\n\r\n`
}

function withLineBreaks(text: string): string {
	return text.toWellFormed().replace(/\r\n|\r|\n/g, '\r\n')
}
