import { findAddresses, readReplyCodes } from '../refusals/index.ts'
import { readIdentifiers } from './read-identifiers.ts'
import { asksForProof, type Notice, recogniseNotice } from './recognise-notice.ts'
import type { RecipientAction, Report, ReportedRecipient } from './report.ts'
import {
	fallbackRecipient,
	mergeRecipients,
	nameRecipients,
	reportRecipient,
	textAbout,
} from './reported-recipient.ts'
import type { ReturnedMail } from './returned-mail.ts'

/** A report in prose, or one whose report part names nobody; or no report at all. */
export function readNoticeReport(mail: ReturnedMail): Report {
	const notice = recognise(mail)
	const isReport = notice !== 'none' && notice !== 'auto-reply'
	return {
		kind: notice === 'delayed' ? 'none' : notice,
		recipients: isReport ? recipientsOf(mail, notice === 'bounce' ? 'failed' : notice) : [],
		feedbackType: null,
		identifiers: readIdentifiers(mail.fields, mail.returned),
	}
}

function recognise({ parts, fields, text }: ReturnedMail): Notice {
	if (parts.disposition !== '') {
		// RFC 5429 and Dovecot refuse mail by a disposition notification, the only one that is a bounce
		return /was\s+automatically\s+rejected/i.test(text) ? 'bounce' : 'auto-reply'
	}
	// Apple Mail unsubscribes in a person's name and calls that an automatic reply
	if (fields.has('x-apple-unsubscribe')) return 'none'
	if (asksForProof(text) && readReplyCodes(text).reply === '') return 'auto-reply'
	const notice = recogniseNotice(fields, text)
	const hasReportPart = parts.deliveryStatus.length > 0
	return hasReportPart && (notice === 'none' || notice === 'auto-reply') ? 'bounce' : notice
}

function recipientsOf(mail: ReturnedMail, action: RecipientAction): ReportedRecipient[] {
	const named = nameRecipients(mail)
	const inHeader = findAddresses(mail.fields.all('x-failed-recipients').join(', '))
	const inText = named.map(({ address }) => address)
	const fallback = fallbackRecipient(mail, named)
	const unnamed = action === 'failed' && mail.recipient !== undefined ? [mail.recipient] : []
	const known = [inHeader, inText, fallback ? [fallback] : []].find((found) => found.length > 0) ?? unnamed
	return mergeRecipients(
		known.map((address) => {
			const said = textAbout([address], named)
			const context = known.length === 1 || said === '' ? mail.text : ''
			const who = { address, originalAddress: '', finalAddress: address, action }
			return reportRecipient(who, {
				status: '',
				diagnostic: said,
				context,
				transcript: mail.text,
				isDelayed: action === 'delayed',
			})
		}),
	)
}
