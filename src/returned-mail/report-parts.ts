import { decodeBody } from './mime/decode-body.ts'
import type { HeaderFields } from './mime/header-fields.ts'
import { plainFromHtml } from './mime/plain-from-html.ts'
import { type Part, splitParts, splitSource } from './mime/split-parts.ts'

/** The pieces of a returned mail that matter, found by what they are and not by where they stand. */
export type ReportParts = {
	fields: HeaderFields
	/** What is written for people, before any copy of the returned message. */
	text: string
	/** Each message/delivery-status part (RFC 3464, 6533). */
	deliveryStatus: string[]
	/** The message/feedback-report part (RFC 5965), '' where there is none. */
	feedback: string
	/** The message/disposition-notification part (RFC 8098), '' where there is none. */
	disposition: string
	/** The returned message or its header as it was attached, one character a byte; '' where there is none. */
	returned: string
}

const maxTextLength = 100_000
const maxStatusLength = 400_000
const maxReturnedLength = 200_000

/** Collects the parts of a returned mail. A report inside an attached message is read where the mail has none of its own. */
export function collectReportParts(raw: Uint8Array): ReportParts {
	const root = splitParts(raw)
	const found = collect(root)
	if (isReport(found) || found.returned === '') return found
	const forwarded = collect(splitSource(found.returned))
	if (!isReport(forwarded)) return found
	return { ...forwarded, fields: found.fields, text: `${found.text}\n${forwarded.text}` }
}

function isReport(parts: ReportParts): boolean {
	return parts.deliveryStatus.length > 0 || parts.feedback !== ''
}

function collect(root: Part): ReportParts {
	const found: ReportParts = {
		fields: root.fields,
		text: '',
		deliveryStatus: [],
		feedback: '',
		disposition: '',
		returned: '',
	}
	visit(root, found, root)
	return found
}

function visit(part: Part, found: ReportParts, root: Part): void {
	if (part.parts.length > 0) {
		const chosen = part.type === 'multipart/alternative' ? preferPlain(part.parts) : part.parts
		for (const inner of chosen) visit(inner, found, root)
		return
	}
	if (/delivery-status/.test(part.type)) {
		if (found.deliveryStatus.length < 20) found.deliveryStatus.push(decodeBody(part, maxStatusLength))
	} else if (part.type === 'message/feedback-report') {
		found.feedback ||= decodeBody(part, maxStatusLength)
	} else if (/disposition-notification/.test(part.type)) {
		found.disposition ||= decodeBody(part, maxStatusLength)
	} else if (isReturnedMessage(part, root)) {
		found.returned ||= returnedSource(part)
	} else if (/^text\/|^multipart\//.test(part.type) && found.returned === '') {
		addText(part, found)
	}
}

function preferPlain(parts: Part[]): Part[] {
	const plain = parts.find((part) => part.type === 'text/plain' && part.body.trim() !== '')
	return plain ? [plain, ...parts.filter((part) => !part.type.startsWith('text/'))] : parts
}

/** message/rfc822, message/global, text/rfc822-headers, and a part that is a message without saying so. */
function isReturnedMessage(part: Part, root: Part): boolean {
	if (/^message\/(?:rfc822|global|news)|rfc822-headers|global-headers/.test(part.type)) return true
	if (part === root || part.fields.has('content-type')) return false
	return part.fields.has('return-path') || part.fields.has('received') || part.fields.has('message-id')
}

function returnedSource(part: Part): string {
	if (!part.fields.has('content-type') && part.fields.has('message-id')) {
		return part.fields.entries.map(([name, value]) => `${name}: ${value}`).join('\n')
	}
	const encoding = part.fields.first('content-transfer-encoding').toLowerCase()
	// RFC 2046 §5.2.1 forbids it; some gateways encode the attached message all the same
	if (/base64|quoted/.test(encoding)) {
		return Buffer.from(decodeBody(part, maxReturnedLength)).toString('latin1')
	}
	return part.body.slice(0, maxReturnedLength).trimStart()
}

function addText(part: Part, found: ReportParts): void {
	const room = maxTextLength - found.text.length
	if (room <= 0) return
	const text = decodeBody(part, room)
	const plain = part.type === 'text/html' || /^\s*<(?:!doctype|html)/i.test(text) ? plainFromHtml(text) : text
	found.text += found.text ? `\n${plain}` : plain
}
