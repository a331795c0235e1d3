export { HeaderFields } from './mime/header-fields.ts'
export { type OpenedMail, openMail } from './open-mail.ts'
export { complainer } from './read-feedback-report.ts'
export { readReport } from './read-report.ts'
export { readSesNotification, type SesNotification } from './read-ses-notification.ts'
export type {
	BounceClass,
	RecipientAction,
	Report,
	ReportedRecipient,
	ReportIdentifiers,
	ReportKind,
	Verdict,
} from './report.ts'
