import {
	type Mailbox,
	type MessagePiece,
	type PrepareMessage,
	type RecipientContent,
	type SharedBlocks,
	type SharedContent,
	type SlotValue,
	slotMarker,
} from '../kernel/mail.ts'
import { composeBody } from './compose-body.ts'
import { customHeaderField, headerField, mailboxField } from './header-field.ts'
import { cutHeader, type MessagePieces } from './message-pieces.ts'
import { bufferOf, shareBlocks } from './share-blocks.ts'
import { encodeSlotValue } from './slot-value.ts'

/**
 * Composes what all recipients share once (RFC 5322, multipart/alternative with the text first, UTF-8 in
 * quoted-printable) and cuts it at the slots. Throws where a part is empty, a header can't be made, or a marker
 * with the nonce has a name that is not among `slots`.
 */
export const prepareMessage: PrepareMessage = async (content, nonce, slots, known) => {
	const names = new Map(slots.map((slot) => [slotMarker(nonce, slot), slot]))
	const markers = { prefix: slotMarker(nonce, '').slice(0, -1), slots: names }
	const isSlot = (token: string) => [...names.keys()].some((marker) => token.includes(marker))
	const fields = sharedFields(content)
	if (fields.includes(markers.prefix)) throw new Error('a slot where none can stand')
	const { mimeFields, body } = composeBody(content, nonce, markers)
	const header = cutHeader([...customFields(content, isSlot), mimeFields, '', ''].join('\r\n'), markers)
	const fillBody = bodyFiller(body, known)
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

type Values<Slot extends string> = Readonly<Record<Slot, SlotValue>>

function fillHeader<Slot extends string>(
	{ pieces, rest }: MessagePieces<Slot>,
	values: Values<Slot>,
): string {
	let filled = ''
	for (const { before, slot, place } of pieces) filled += before + encodeSlotValue(values[slot], place)
	return filled + rest
}

function bodyFiller<Slot extends string>(
	{ pieces, rest }: MessagePieces<Slot>,
	known: SharedBlocks | undefined,
): (values: Values<Slot>) => MessagePiece[] {
	const blocksOf = known ? (text: string) => shareBlocks(text, known) : (text: string) => [bufferOf(text)]
	const shared = pieces.map(({ before, ...slot }) => ({ ...slot, before: blocksOf(before) }))
	const last = blocksOf(rest)
	return (values) => {
		const body: MessagePiece[] = []
		for (const { before, slot, place } of shared) body.push(...before, encodeSlotValue(values[slot], place))
		body.push(...last)
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
