import { findAddresses, sameAddress } from './addresses.ts'
import { classifyRefusal, type Refusal } from './classify-reply.ts'
import { cutReturnedCopy } from './cut-returned-copy.ts'
import { findRecipients, type NamedRecipient } from './find-recipients.ts'
import { HeaderFields } from './mime/header-fields.ts'
import { readDeliveryStatus, type StatusOfRecipient } from './read-delivery-status.ts'
import { complainer, type Feedback, readFeedbackReport, readOldComplaint } from './read-feedback-report.ts'
import { readIdentifiers } from './read-identifiers.ts'
import { readSesNotification, type SesNotification } from './read-ses-notification.ts'
import { type Notice, recogniseNotice } from './recognise-notice.ts'
import type { RecipientAction, Report, ReportedRecipient, ReportKind } from './report.ts'
import { collectReportParts, type ReportParts, readReturnedFields } from './report-parts.ts'

/**
 * Reads a returned mail, whatever sent it: a delivery status report (RFC 3464, 6533), a feedback report (RFC 5965),
 * or a notice in prose. Structure counts before words. Never throws for what a mail holds; its time is bounded.
 */
export function readReport(raw: Uint8Array): Report {
	const parts = collectReportParts(raw)
	const { report, returned } = cutReturnedCopy(unquote(parts.text))
	const returnedFields = readReturnedFields(parts.returned || returned)
	const mail: Mail = { parts, fields: parts.fields, text: report, returned: returnedFields }

	const ses = readSesNotification(parts.text)
	if (ses) return sesReport(mail, ses)
	const feedback = findFeedback(mail)
	if (feedback) return complaint(mail, feedback)
	const status = findDeliveryStatus(mail)
	const recipients = status.recipients.filter(
		(recipient) => recipient.action !== '' || recipient.status !== '',
	)
	if (recipients.length > 0) return statusReport(mail, recipients, status.envelopeId)
	return noticeReport(mail, status.envelopeId)
}

type Mail = { parts: ReportParts; fields: HeaderFields; text: string; returned: HeaderFields }

/** A report that somebody forwarded has `>` before its lines. */
function unquote(text: string): string {
	const lines = text.split('\n')
	const quoted = lines.filter((line) => line.startsWith('>')).length
	if (quoted < 10 || quoted * 2 < lines.length) return text
	return lines.map((line) => line.replace(/^>\s?/, '')).join('\n')
}

function findFeedback({ parts, fields, returned }: Mail): Feedback | undefined {
	if (parts.feedback !== '') return readFeedbackReport(parts.feedback, returned)
	return parts.deliveryStatus.length > 0 ? undefined : readOldComplaint(fields, returned)
}

function complaint({ fields, returned }: Mail, feedback: Feedback): Report {
	return {
		kind: 'complaint',
		recipients: feedback.recipients,
		feedbackType: feedback.feedbackType,
		identifiers: readIdentifiers(fields, returned, feedback.envelopeId),
	}
}

/** The report parts, or the fields of one that stand in the text: gateways flatten reports. */
function findDeliveryStatus({ parts }: Mail): { envelopeId: string; recipients: StatusOfRecipient[] } {
	const read = parts.deliveryStatus.map((part) => readDeliveryStatus(part))
	if (read.length === 0) {
		const inText = statusFieldsIn(unquote(parts.text))
		if (inText) read.push(readDeliveryStatus(inText))
	}
	return {
		envelopeId: read.find(({ envelopeId }) => envelopeId !== '')?.envelopeId ?? '',
		recipients: read.flatMap(({ recipients }) => recipients),
	}
}

function statusFieldsIn(text: string): string | undefined {
	const start = /^[ \t]{0,8}(?:reporting-mta|final-recipient|original-recipient|action)\s?:/im.exec(text)
	if (!start || !/^[ \t]{0,8}final-recipient\s?:/im.test(text)) return undefined
	if (!/^[ \t]{0,8}(?:action|status)\s?:/im.test(text)) return undefined
	const block = text.slice(start.index, start.index + 20_000).split(/\n--|\n\n\n/, 1)[0] ?? ''
	return block.replace(/^[ \t]{1,8}(?=[A-Za-z-]{3,40}\s?:)/gm, '')
}

/** Amazon SES reports in JSON, which SNS can send by mail. */
function sesReport(
	mail: Mail,
	{ action, recipients, bounceType, feedbackType, headers }: SesNotification,
): Report {
	const identifiers = readIdentifiers(mail.fields, new HeaderFields(headers), '')
	const context = bounceType ? `Amazon SES bounce: ${bounceType}` : ''
	const reported = recipients.map(({ address, status, diagnostic }) => {
		if (action === 'complained') return complainer(address, feedbackType)
		const who = { address, originalAddress: address, finalAddress: address, action }
		return recipientOf(who, { status: firstStatus(status), diagnostic, context })
	})
	const isComplaint = action === 'complained'
	return {
		kind: isComplaint ? 'complaint' : kindOf([action]),
		recipients: merge(reported),
		feedbackType: isComplaint ? feedbackType : null,
		identifiers,
	}
}

function firstStatus(status: string): string {
	return /[245]\.\d{1,3}\.\d{1,3}/.exec(status)?.[0] ?? ''
}

function statusReport(mail: Mail, statuses: StatusOfRecipient[], envelopeId: string): Report {
	const named = nameRecipients(mail)
	const recipients = statuses
		.map((status) => reportedRecipient(mail, status, named, statuses.length === 1))
		.filter((recipient) => recipient !== undefined)
	const kind = kindOf(recipients.map(({ action }) => action))
	return {
		kind,
		// what was delivered is no part of a bounce
		recipients: merge(kind === 'bounce' ? recipients.filter(isUndelivered) : recipients),
		feedbackType: null,
		identifiers: readIdentifiers(mail.fields, mail.returned, envelopeId),
	}
}

function kindOf(actions: RecipientAction[]): ReportKind {
	if (actions.includes('failed')) return 'bounce'
	if (actions.includes('delayed')) return 'none'
	return actions.length > 0 ? 'delivered' : 'none'
}

function isUndelivered({ action }: ReportedRecipient): boolean {
	return action === 'failed' || action === 'delayed'
}

function reportedRecipient(
	mail: Mail,
	status: StatusOfRecipient,
	named: NamedRecipient[],
	isOnly: boolean,
): ReportedRecipient | undefined {
	const { originalAddress, finalAddress } = status
	const address = originalAddress || finalAddress || fallbackAddress(mail, named)
	if (address === '') return undefined
	const action = status.action || (status.status.startsWith('2') ? 'delivered' : 'failed')
	const about = isOnly ? mail.text : textAbout([finalAddress, originalAddress], named)
	const said = status.category ? `BounceCategory: ${status.category}\n${about}` : about
	const refusal = {
		status: status.status,
		diagnostic: status.diagnostic,
		context: said,
		isDelayed: action === 'delayed',
	}
	return recipientOf({ address, originalAddress, finalAddress, action }, refusal)
}

function textAbout(addresses: string[], named: NamedRecipient[]): string {
	return (
		named.find((recipient) => addresses.some((address) => sameAddress(address, recipient.address)))?.said ??
		''
	)
}

function recipientOf(
	who: Pick<ReportedRecipient, 'address' | 'originalAddress' | 'finalAddress' | 'action'>,
	refusal: Refusal,
): ReportedRecipient {
	const diagnostic = (refusal.diagnostic || refusal.context).replace(/\s+/g, ' ').trim().slice(0, 1_000)
	if (who.action === 'failed') return { ...who, ...classifyRefusal(refusal), diagnostic }
	if (who.action === 'delayed') {
		return { ...who, ...classifyRefusal(refusal), class: 'temporary', hard: false, diagnostic }
	}
	return { ...who, class: 'unknown', hard: false, status: refusal.status || '2.0.0', reply: '', diagnostic }
}

/** One entry a recipient: reports repeat themselves. The first failure stands. */
function merge(recipients: ReportedRecipient[]): ReportedRecipient[] {
	const merged = new Map<string, ReportedRecipient>()
	for (const recipient of recipients) {
		const key = recipient.address.toLowerCase()
		const known = merged.get(key)
		if (!known || (known.action !== 'failed' && recipient.action === 'failed')) merged.set(key, recipient)
	}
	return [...merged.values()]
}

/** A report in prose, and one whose report part names nobody. */
function noticeReport(mail: Mail, envelopeId: string): Report {
	const notice = recognise(mail)
	const empty: Report = {
		kind: notice === 'delayed' ? 'none' : notice,
		recipients: [],
		feedbackType: null,
		identifiers: readIdentifiers(mail.fields, mail.returned, envelopeId),
	}
	if (notice === 'none' || notice === 'auto-reply') return empty
	const action = notice === 'bounce' ? 'failed' : notice
	return { ...empty, recipients: recipientsOfNotice(mail, action) }
}

function recognise({ parts, fields, text }: Mail): Notice {
	if (parts.disposition !== '') {
		// RFC 5429 and Dovecot refuse mail with a disposition notification: the only one that is a bounce
		return /was automatically rejected/i.test(text) ? 'bounce' : 'auto-reply'
	}
	const notice = recogniseNotice(fields, text)
	const isReport = parts.deliveryStatus.length > 0
	return isReport && (notice === 'none' || notice === 'auto-reply') ? 'bounce' : notice
}

function recipientsOfNotice(mail: Mail, action: RecipientAction): ReportedRecipient[] {
	const named = nameRecipients(mail)
	const failed = findAddresses(mail.fields.all('x-failed-recipients').join(', '))
	const addresses = failed.length > 0 ? failed : named.map(({ address }) => address)
	if (addresses.length === 0) addresses.push(...[fallbackAddress(mail, named)].filter(Boolean))
	const isOnly = addresses.length === 1
	return merge(
		addresses.map((address) => {
			const said = textAbout([address], named)
			const refusal = {
				status: '',
				diagnostic: said,
				context: isOnly || said === '' ? mail.text : '',
				isDelayed: action === 'delayed',
			}
			return recipientOf({ address, originalAddress: '', finalAddress: address, action }, refusal)
		}),
	)
}

function nameRecipients({ fields, text }: Mail): NamedRecipient[] {
	return findRecipients(text, othersIn(fields))
}

/** The report's own reader and sender: rarely who could not be reached. */
function othersIn(fields: HeaderFields): Set<string> {
	const names = [
		'to',
		'cc',
		'from',
		'reply-to',
		'sender',
		'return-path',
		'x-original-to',
		'envelope-to',
		'delivered-to',
	]
	const addresses = names.flatMap((name) => fields.all(name).flatMap((value) => findAddresses(value, 20)))
	return new Set(addresses.map((address) => address.toLowerCase()))
}

const fallbackFields = ['x-failed-recipients', 'x-bounced-address', 'x-actual-recipient', 'x-failed-to']
const returnedFields = ['x-original-to', 'delivered-to', 'envelope-to', 'to']

/** Where the text names nobody: what the header says, then to whom the returned message was addressed. */
function fallbackAddress({ fields, returned }: Mail, named: NamedRecipient[]): string {
	const inHeader = fallbackFields.flatMap((name) => findAddresses(fields.first(name), 1))
	const inCopy = returnedFields.flatMap((name) => findAddresses(returned.first(name), 1))
	return named[0]?.address ?? inHeader[0] ?? inCopy[0] ?? ''
}
