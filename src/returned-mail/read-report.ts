import { valueFromOutside } from '../kernel/text-from-outside.ts'
import { HeaderFields } from './mime/header-fields.ts'
import { complainer, readFeedbackReport, readOldComplaint } from './read-feedback-report.ts'
import { readIdentifiers } from './read-identifiers.ts'
import { readNoticeReport } from './read-notice-report.ts'
import { readSesNotification } from './read-ses-notification.ts'
import { kindOf, readStatusReport } from './read-status-report.ts'
import type { Report } from './report.ts'
import { mergeRecipients, reportRecipient } from './reported-recipient.ts'
import { openReturnedMail, type ReturnedMail } from './returned-mail.ts'

/**
 * Reads a returned mail, whatever sent it: a delivery status report (RFC 3464, 6533), a feedback report (RFC 5965),
 * a notification of Amazon SES, or a notice in prose. Structure counts before words. All text of it can be stored. It never throws for what a
 * mail holds, and its time is bounded. A bounce that names nobody is about `recipient`; without one it has no recipients.
 */
export function readReport(raw: Uint8Array, recipient?: string): Report {
	const mail = openReturnedMail(raw, recipient)
	const report =
		readSesReport(mail) ?? readComplaint(mail) ?? readStatusReport(mail) ?? readNoticeReport(mail)
	return valueFromOutside(report)
}

function readComplaint({ parts, fields, returned }: ReturnedMail): Report | undefined {
	const feedback =
		parts.feedback === '' ? readOldComplaint(parts, returned) : readFeedbackReport(parts.feedback, returned)
	if (!feedback) return undefined
	const { recipients, feedbackType, envelopeId } = feedback
	return {
		kind: 'complaint',
		recipients,
		feedbackType,
		identifiers: readIdentifiers(fields, returned, { envelopeId }),
	}
}

/** Amazon SES reports in JSON, which SNS can send by mail. */
function readSesReport({ parts, fields }: ReturnedMail): Report | undefined {
	const ses = readSesNotification(parts.text)
	if (!ses) return undefined
	const { action, feedbackType, bounceType } = ses
	const context = bounceType ? `Amazon SES bounce: ${bounceType}` : ''
	const recipients = ses.recipients.map(({ address, status, diagnostic }) => {
		if (action === 'complained') return complainer(address, feedbackType)
		const who = { address, originalAddress: address, finalAddress: address, action }
		return reportRecipient(who, { status, diagnostic, context })
	})
	return {
		kind: kindOf([action]),
		recipients: mergeRecipients(recipients),
		feedbackType: feedbackType || null,
		identifiers: readIdentifiers(fields, new HeaderFields(ses.headers)),
	}
}
