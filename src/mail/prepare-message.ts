import {
	type Mailbox,
	type MessagePiece,
	type PrepareMessage,
	type RecipientContent,
	type SharedContent,
	slotMarker,
} from '../kernel/mail.ts'
import { composeBody } from './compose-body.ts'
import { customHeaderField, headerField, mailboxField } from './header-field.ts'
import { cutHeader, type MessagePieces } from './message-pieces.ts'
import { encodeSlotValue } from './slot-value.ts'

/**
 * Composes what all recipients share once (RFC 5322, multipart/alternative with the text first, UTF-8 in
 * quoted-printable) and cuts it at the slots. Throws where a part is empty, a header can't be made, or a marker
 * with the nonce has a name that is not among `slots`.
 */
export const prepareMessage: PrepareMessage = async (content, nonce, slots) => {
	const names = new Map(slots.map((slot) => [slotMarker(nonce, slot), slot]))
	const markers = { prefix: slotMarker(nonce, '').slice(0, -1), slots: names }
	const isSlot = (token: string) => [...names.keys()].some((marker) => token.includes(marker))
	const fields = sharedFields(content)
	if (fields.includes(markers.prefix)) throw new Error('a slot where none can stand')
	const { mimeFields, body } = composeBody(content, nonce, markers)
	const header = cutHeader([...customFields(content, isSlot), mimeFields, '', ''].join('\r\n'), markers)
	const fillBody = bodyFiller(body)
	return {
		fill: ({ envelope, values, ...recipient }) => {
			const own = `${fields}\r\n${recipientFields(recipient)}\r\n`
			return { envelope, raw: { header: own + fillHeader(header, values), body: fillBody(values) } }
		},
	}
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
	const [last, ...befores] = inOneBuffer([rest, ...pieces.map(({ before }) => before)])
	const shared = pieces.map(({ slot, place }, index) => ({ before: befores[index] ?? empty, slot, place }))
	return (values) => {
		const body: MessagePiece[] = []
		for (const { before, slot, place } of shared) body.push(before, encodeSlotValue(values[slot], place))
		body.push(last ?? empty)
		return body
	}
}

const empty = Buffer.alloc(0)

/** Texts in ASCII, side by side in memory that is theirs alone: hundreds of renditions are held at a time. */
function inOneBuffer(texts: readonly string[]): Buffer[] {
	const all = Buffer.allocUnsafeSlow(texts.reduce((sum, text) => sum + text.length, 0))
	let end = 0
	return texts.map((text) => {
		const start = end
		end += all.write(text, start, 'latin1')
		return all.subarray(start, end)
	})
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
