import type { BounceClass } from '../kernel/enumerations.ts'
import { findAddresses, firstAddress, isSystemAddress } from '../refusals/index.ts'
import { type HeaderFields, readHeaderFields } from './mime/header-fields.ts'
import type { ReportedRecipient } from './report.ts'
import type { ReportParts } from './report-parts.ts'

/** A feedback report (RFC 5965) or a complaint in an older form that providers still send. */
export type Feedback = { feedbackType: string; envelopeId: string; recipients: ReportedRecipient[] }

/**
 * Reads the message/feedback-report part. The recipient is often redacted (RFC 6590): then it is looked for in the
 * header of the returned message, and where that hides it too the list stays empty and the identifiers have to do.
 */
export function readFeedbackReport(part: string, returned: HeaderFields): Feedback {
	const { fields } = readHeaderFields(part.trimStart(), { strayLines: 'continue' })
	const feedbackType = (/[\w-]+/.exec(fields.first('feedback-type'))?.[0] ?? 'abuse').toLowerCase()
	const named = [...fields.all('original-rcpt-to'), ...fields.all('removal-recipient')]
	const addresses = named
		.map((value) => firstAddress(value))
		.filter((address) => address && !isRedacted(address))
	return {
		feedbackType,
		envelopeId: fields.first('original-envelope-id'),
		recipients: unique(addresses.length > 0 ? addresses : returnedRecipients(returned)).map((address) =>
			complainer(address, feedbackType),
		),
	}
}

/**
 * Complaints from before RFC 5965 that are still on their way: Hotmail's junk mail reporting attaches the
 * message with a field of its own, and no report part.
 */
export function readOldComplaint(
	{ fields, deliveryStatus }: Pick<ReportParts, 'fields' | 'deliveryStatus'>,
	returned: HeaderFields,
): Feedback | undefined {
	if (deliveryStatus.length > 0) return undefined
	const isHotmail = returned.has('x-hmxmroriginalrecipient')
	const subject = fields.readable('subject').toLowerCase()
	const saysSo = /^\s*complaint about message from|^email feedback report for ip|^abuse report\b/.test(
		subject,
	)
	if (!isHotmail && !(saysSo && returned.entries.length > 0)) return undefined
	const recipients = unique(returnedRecipients(returned)).map((address) => complainer(address, 'abuse'))
	return { feedbackType: 'abuse', envelopeId: '', recipients }
}

/**
 * Only these are the word of a person who doesn't want our mail. `auth-failure` (RFC 6591) and `dmarc` tell of
 * somebody's use of our domain, `not-spam` (RFC 6430) takes a complaint back.
 */
function classOf(feedbackType: string): BounceClass {
	if (/^(?:auth-failure|dmarc|virus)$/.test(feedbackType)) return 'sender'
	return feedbackType === 'not-spam' ? 'unknown' : 'complaint'
}

/** The person of a feedback report. */
export function complainer(address: string, feedbackType: string): ReportedRecipient {
	return {
		address,
		originalAddress: address,
		finalAddress: '',
		action: 'complained',
		class: classOf(feedbackType),
		hard: false,
		status: '',
		reply: '',
		diagnostic: '',
	}
}

// in the order of trust: what the receiving system added, then what the sender wrote
const recipientFields = [
	'x-hmxmroriginalrecipient',
	'x-original-to',
	'x-apparently-to',
	'envelope-to',
	'x-envelope-to',
	'delivered-to',
	'to',
]

function returnedRecipients(returned: HeaderFields): string[] {
	for (const name of recipientFields) {
		const addresses = returned.all(name).flatMap((value) => findAddresses(value, 10))
		const open = addresses.filter((address) => !isRedacted(address) && !isSystemAddress(address))
		if (open.length > 0) return open.slice(0, 1)
	}
	return []
}

/** RFC 6590 leaves the form of a redaction open; these words are what is used. */
function isRedacted(address: string): boolean {
	return /^(?:redacted|hidden|hashed|removed|undisclosed|anonymi[sz]ed|x{3,}|\*{2,}|unknown|recipient)@|@(?:redacted|hidden)\b/i.test(
		address,
	)
}

function unique(addresses: string[]): string[] {
	return [...new Map(addresses.map((address) => [address.toLowerCase(), address])).values()]
}
