import type { OpenedMail } from '../returned-mail/index.ts'

/** Whether mail software wrote a mail: it says so, it is a report of some kind, or it speaks of recipients as reports do. */
export function isFromSoftware({ report, isAutomatic }: OpenedMail): boolean {
	return isAutomatic || isReport(report)
}

/** Whether a mail reports on another; a notice of delay, which is no event, does so too. */
export function isReport({ kind, recipients }: OpenedMail['report']): boolean {
	return kind !== 'none' || recipients.length > 0
}
