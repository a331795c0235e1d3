import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import {
	type Mailbox,
	type MessagePiece,
	type PrepareMessage,
	type RecipientContent,
	type SharedContent,
	slotMarker,
} from '../kernel/mail.ts'
import { customHeaderField, headerField, mailboxField } from './header-field.ts'
import { cutHeader, cutQuotedPrintable, type MessagePieces } from './message-pieces.ts'
import { encodeSlotValue } from './slot-value.ts'

/**
 * Composes what all recipients share once (RFC 5322, multipart/alternative with the text first, UTF-8 in
 * quoted-printable) and cuts it at the slots. Throws where a part is empty, a header can't be made, or a marker
 * with the nonce has a name that is not among `slots`.
 */
export const prepareMessage: PrepareMessage = async (content, nonce, slots) => {
	const markers = new Map(slots.map((slot) => [slotMarker(nonce, slot), slot]))
	const isSlot = (token: string) => [...markers.keys()].some((marker) => token.includes(marker))
	const { mimeFields, text, html } = await composeBody(content, boundaryOf(nonce))
	const fields = sharedFields(content)
	const header = cutHeader([...customFields(content, isSlot), mimeFields, '', ''].join('\r\n'), markers)
	const body = join(cutQuotedPrintable(text, 'text', markers), cutQuotedPrintable(html, 'html', markers))
	assertNoMarkerLeft(fields, join(header, body), nonce)
	const fillBody = bodyFiller(body)
	return {
		fill: ({ envelope, values, ...recipient }) => {
			const own = `${fields}\r\n${recipientFields(recipient)}\r\n`
			return { envelope, raw: { header: own + fillHeader(header, values), body: fillBody(values) } }
		},
	}
}

type ComposedBody = { mimeFields: string; text: string; html: string }

/** Nodemailer's multipart body: `text` ends where the delimiter of the HTML part begins. */
async function composeBody(content: SharedContent, baseBoundary: string): Promise<ComposedBody> {
	if (!content.text.trim() || !content.html.trim())
		throw new Error('a message needs its text and its HTML part')
	const composer = new MailComposer({
		text: withLineBreaks(content.text),
		html: withLineBreaks(content.html),
		encoding: 'quoted-printable',
		newline: 'win',
		baseBoundary,
	})
	const composed = (await composer.compile().build()).toString('latin1')
	const headerEnd = composed.indexOf('\r\n\r\n')
	const fields = composed.slice(0, headerEnd).split(/\r\n(?![ \t])/)
	const body = composed.slice(headerEnd + 4)
	const delimiter = body.slice(0, body.indexOf('\r\n'))
	const htmlStart = body.indexOf(`\r\n${delimiter}\r\n`) + 2
	return {
		mimeFields: fields.filter((field) => /^(mime-version|content-type):/i.test(field)).join('\r\n'),
		text: body.slice(0, htmlStart),
		html: body.slice(htmlStart),
	}
}

/** The same in every process and at every try: a message that is repeated is the same to the byte. */
function boundaryOf(nonce: string): string {
	return createHash('sha256').update(nonce).digest('hex').slice(0, 16)
}

function withLineBreaks(text: string): string {
	return text.toWellFormed().replace(/\r\n|\r|\n/g, '\r\n')
}

function sharedFields({ from, replyTo, subject }: SharedContent): string {
	const subjectField = headerField('Subject', subject)
	if (subjectField.length > maxSubject) throw new Error(`a subject of more than ${maxSubject} octets`)
	const fields = [mailboxField('From', from), replyTo && mailboxField('Reply-To', replyTo), subjectField]
	return fields.filter(Boolean).join('\r\n')
}

const maxSubject = 998 // what Gmail takes

function customFields({ headers }: SharedContent, isSlot: (token: string) => boolean): string[] {
	const names = headers.map(([name]) => name.toLowerCase())
	const repeated = names.find((name, index) => names.indexOf(name) !== index)
	if (repeated) throw new Error(`the header field ${repeated} is there twice`)
	return headers.map(([name, value]) => customHeaderField(name, value, isSlot))
}

function join<Slot extends string>(
	{ pieces, rest }: MessagePieces<Slot>,
	next: MessagePieces<Slot>,
): MessagePieces<Slot> {
	const [first, ...others] = next.pieces
	if (!first) return { pieces, rest: rest + next.rest }
	return { pieces: [...pieces, { ...first, before: rest + first.before }, ...others], rest: next.rest }
}

function assertNoMarkerLeft(shared: string, { pieces, rest }: MessagePieces<string>, nonce: string): void {
	const fixed = [shared, ...pieces.map(({ before }) => before), rest].join('\n').replaceAll('=\r\n', '')
	if (fixed.includes(slotMarker(nonce, '').slice(0, -1))) throw new Error('a slot whose name is not known')
}

type Values<Slot extends string> = Readonly<Record<Slot, string>>

function fillHeader<Slot extends string>(
	{ pieces, rest }: MessagePieces<Slot>,
	values: Values<Slot>,
): string {
	let filled = ''
	for (const { before, slot, place } of pieces) filled += before + encodeSlotValue(values[slot], place)
	return filled + rest
}

function bodyFiller<Slot extends string>({
	pieces,
	rest,
}: MessagePieces<Slot>): (values: Values<Slot>) => MessagePiece[] {
	const shared = pieces.map(({ before, ...slot }) => ({ ...slot, before: Buffer.from(before) }))
	const last = Buffer.from(rest)
	return (values) => {
		const body: MessagePiece[] = []
		for (const { before, slot, place } of shared) body.push(before, encodeSlotValue(values[slot], place))
		body.push(last)
		return body
	}
}

function recipientFields({ to, date, messageId }: Omit<RecipientContent, 'envelope' | 'values'>): string {
	if (!/^<[!-;=?A-~]+@[!-;=?A-~]+>$/.test(messageId) || messageId.length > 250)
		throw new Error(`not a Message-ID: ${JSON.stringify(messageId)}`)
	return `${toField(to)}\r\nDate: ${formatDate(date)}\r\nMessage-ID: ${messageId}`
}

const plainAddress = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-z0-9.-]+$/

function toField(to: Mailbox): string {
	return !to.name && plainAddress.test(to.address) ? `To: ${to.address}` : mailboxField('To', to)
}

// RFC 5322 §3.3
function formatDate(date: Date): string {
	if (Number.isNaN(date.getTime())) throw new Error('a message needs its date')
	return date.toUTCString().replace('GMT', '+0000')
}
