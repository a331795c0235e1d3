import { firstAddress } from '../refusals/index.ts'
import { HeaderFields, hasHighBytes, readableValue, readHeaderFields } from './mime/header-fields.ts'
import type { RecipientAction } from './report.ts'

/** What one group of fields of a delivery status says of a recipient; '' where it says nothing. */
export type StatusOfRecipient = {
	originalAddress: string
	finalAddress: string
	action: RecipientAction | ''
	status: string
	diagnostic: string
	/** X-PowerMTA-BounceCategory: what the reporting system makes of it. */
	category: string
}

/** `messageId` is that of the returned message, which Google and others state beside the standard fields. */
export type DeliveryStatus = { envelopeId: string; messageId: string; recipients: StatusOfRecipient[] }

const maxRecipients = 500

/**
 * Reads the fields of a message/delivery-status part (RFC 3464 §2) or of its form with Unicode addresses (RFC 6533 §3).
 * Groups are told apart by empty lines or, where a system leaves them out, by a field that comes again.
 */
export function readDeliveryStatus(text: string): DeliveryStatus {
	const result: DeliveryStatus = { envelopeId: '', messageId: '', recipients: [] }
	for (const block of text.replace(/\r\n?/g, '\n').split(/\n[ \t]*\n/)) {
		if (result.recipients.length >= maxRecipients) break
		for (const group of groupsOf(block)) {
			result.envelopeId ||= group.first('original-envelope-id')
			result.messageId ||= group.first('x-original-message-id')
			const recipient = readGroup(group)
			if (recipient) addGroup(result.recipients, recipient)
		}
	}
	return result
}

const onceAGroup = new Set(['final-recipient', 'action', 'status'])

function groupsOf(block: string): HeaderFields[] {
	const { fields } = readHeaderFields(block.trimStart(), { strayLines: 'continue' })
	const groups: Array<Array<readonly [string, string]>> = [[]]
	for (const entry of fields.entries) {
		const group = groups.at(-1) ?? []
		const repeats = onceAGroup.has(entry[0]) && group.some(([name]) => name === entry[0])
		if (repeats) groups.push([entry])
		else group.push(entry)
	}
	return groups.map((entries) => new HeaderFields(entries))
}

function readGroup(group: HeaderFields): StatusOfRecipient | undefined {
	const originalAddress = readTypedAddress(group.first('original-recipient'))
	const finalAddress =
		readTypedAddress(group.first('final-recipient')) || readTypedAddress(group.first('x-actual-recipient'))
	const action = readAction(group.first('action'))
	const status = readStatus(group.first('status'))
	// the second is what Exchange and Symantec write where they have no Diagnostic-Code
	const values = [...group.all('diagnostic-code'), ...group.all('x-supplementary-info')]
	const diagnostics = values.map((value) => readDiagnostic(value))
	const diagnostic = diagnostics.find((text) => text !== '') ?? ''
	if (!originalAddress && !finalAddress && !action && !status && !diagnostic) return undefined
	return {
		originalAddress,
		finalAddress,
		action,
		status,
		diagnostic,
		category: group.first('x-powermta-bouncecategory'),
	}
}

/** Fields that an empty line cut off from their group belong to the group before. */
function addGroup(recipients: StatusOfRecipient[], group: StatusOfRecipient): void {
	const last = recipients.at(-1)
	if (last && !group.originalAddress && !group.finalAddress && !last.diagnostic && !last.status) {
		last.action ||= group.action
		last.status = group.status
		last.diagnostic = group.diagnostic
	} else if (last && !last.originalAddress && !last.finalAddress && (!last.action || !group.action)) {
		recipients[recipients.length - 1] = {
			...group,
			action: group.action || last.action,
			status: group.status || last.status,
			diagnostic: group.diagnostic || last.diagnostic,
		}
	} else recipients.push(group)
}

/** `rfc822; user@example.net`, `utf-8; …` (RFC 6533 §3), with what systems add: brackets, comments, a second type. */
function readTypedAddress(value: string): string {
	const text = hasHighBytes(value) ? readableValue(value) : value
	const address = text.replace(/^\s*(?:[\w-]{1,20}\s*;\s*)+/, '').trim()
	if (address === '') return ''
	return (
		firstAddress(decodeEscapes(address.replace(/^<?@[^:\s]{1,255}:/, ''))) ||
		firstAddress(address) ||
		localName(address)
	)
}

/** RFC 6533 §3 embeds characters as `\x{C9}`, RFC 3461 §4 as `+40`, Exchange's IMCEA form (for SMTP) as `+40` too. */
function decodeEscapes(address: string): string {
	let text = address.replace(/\\x\{([0-9a-f]{2,6})\}/gi, (whole, hex: string) => {
		const point = Number.parseInt(hex, 16)
		return point <= 0x10ffff ? String.fromCodePoint(point) : whole
	})
	const imcea = /^<?IMCEASMTP-(.{1,300})@[^@]{1,255}$/i.exec(text)
	if (imcea?.[1]) text = imcea[1]
	if (imcea || (!text.includes('@') && text.includes('+40'))) {
		text = text.replace(/\+([0-9a-f]{2})/gi, (_, hex: string) =>
			String.fromCharCode(Number.parseInt(hex, 16)),
		)
	}
	return text
}

function localName(address: string): string {
	const text = address.replace(/^<|>$/g, '')
	return /^[^\s@<>()]{1,128}@[^\s@<>()]{1,255}$/.test(text) ? text : ''
}

/** RFC 3464 §2.3.3, with `failure`, `fail` and `undeliverable` of systems that invent their own. */
function readAction(value: string): RecipientAction | '' {
	const word = /^[a-z]+/.exec(value.trim().toLowerCase())?.[0] ?? ''
	if (/^(?:fail|undeliver|bounce|reject|error)/.test(word)) return 'failed'
	if (/^delay/.test(word)) return 'delayed'
	if (/^deliver/.test(word)) return 'delivered'
	if (/^relay/.test(word)) return 'relayed'
	if (/^expand/.test(word)) return 'expanded'
	return ''
}

function readStatus(value: string): string {
	return /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(value)?.[0] ?? ''
}

/** The text of a Diagnostic-Code without its type (`smtp;`, `X-Postfix;`). */
function readDiagnostic(value: string): string {
	const text = hasHighBytes(value) ? readableValue(value) : value
	return text.replace(/^\s*(?:<[^\s<>]{1,255} #[\d.]{5,11} )?[\w-]{1,40}\s*;\s*/, '').trim()
}
