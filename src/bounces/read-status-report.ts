import { type DeliveryStatus, readDeliveryStatus, type StatusOfRecipient } from './read-delivery-status.ts'
import { readIdentifiers } from './read-identifiers.ts'
import type { RecipientAction, Report, ReportedRecipient, ReportKind } from './report.ts'
import {
	fallbackRecipient,
	mergeRecipients,
	nameRecipients,
	reportRecipient,
	textAbout,
} from './reported-recipient.ts'
import type { ReturnedMail } from './returned-mail.ts'

/** A report with fields of RFC 3464; undefined where the mail has none that tell what happened to anybody. */
export function readStatusReport(mail: ReturnedMail): Report | undefined {
	const { envelopeId, messageId, recipients: statuses } = findDeliveryStatus(mail)
	const telling = statuses.filter(({ action, status }) => action !== '' || status !== '')
	if (telling.length === 0) return undefined
	const recipients = reportRecipients(mail, telling)
	const kind = kindOf(recipients.map(({ action }) => action))
	return {
		kind,
		// who got it is no part of a bounce
		recipients: mergeRecipients(kind === 'bounce' ? recipients.filter(isUndelivered) : recipients),
		feedbackType: null,
		identifiers: readIdentifiers(mail.fields, mail.returned, { envelopeId, messageId }),
	}
}

/** What a report is whose recipients met this (mail-rules S9). */
export function kindOf(actions: readonly RecipientAction[]): ReportKind {
	if (actions.includes('failed')) return 'bounce'
	if (actions.includes('complained')) return 'complaint'
	return actions.length === 0 || actions.includes('delayed') ? 'none' : 'delivered'
}

/** The report parts, or the fields of one that stand in the text: gateways and people flatten reports. */
function findDeliveryStatus({ parts }: ReturnedMail): DeliveryStatus {
	const texts = parts.deliveryStatus.length > 0 ? parts.deliveryStatus : statusFieldsIn(parts.text)
	const read = texts.map((text) => readDeliveryStatus(text))
	return {
		envelopeId: read.find(({ envelopeId }) => envelopeId !== '')?.envelopeId ?? '',
		messageId: read.find(({ messageId }) => messageId !== '')?.messageId ?? '',
		recipients: read.flatMap(({ recipients }) => recipients),
	}
}

function statusFieldsIn(text: string): string[] {
	const start = /^[ \t]{0,8}(?:reporting-mta|final-recipient|original-recipient|action)\s?:/im.exec(text)
	if (!start || !/^[ \t]{0,8}final-recipient\s?:/im.test(text)) return []
	if (!/^[ \t]{0,8}(?:action|status)\s?:/im.test(text)) return []
	const block = text.slice(start.index, start.index + 20_000).split(/\n--|\n\n\n/, 1)[0] ?? ''
	return [block.replace(/^[ \t]{1,8}(?=[A-Za-z-]{3,40}\s?:)/gm, '')]
}

function reportRecipients(mail: ReturnedMail, statuses: readonly StatusOfRecipient[]): ReportedRecipient[] {
	const named = nameRecipients(mail)
	return statuses.flatMap((found) => {
		const { originalAddress, finalAddress, status, diagnostic, category } = found
		const address = originalAddress || finalAddress || fallbackRecipient(mail, named)
		if (address === '') return []
		const action = found.action || (status.startsWith('2') ? 'delivered' : 'failed')
		const about = statuses.length === 1 ? mail.text : textAbout([finalAddress, originalAddress], named)
		const context = category ? `BounceCategory: ${category}\n${about}` : about
		return [
			reportRecipient({ address, originalAddress, finalAddress, action }, { status, diagnostic, context }),
		]
	})
}

function isUndelivered({ action }: ReportedRecipient): boolean {
	return action === 'failed' || action === 'delayed'
}
