import type { ReportKind } from '../kernel/enumerations.ts'
import type { Verdict } from '../refusals/index.ts'
import type { HeaderFields } from './mime/header-fields.ts'

export type { Verdict } from '../refusals/index.ts'

/** RFC 3464 §2.3.3, and `complained` for a recipient of a feedback report. */
export type RecipientAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'complained'

/** One recipient of a report. `address` is the one that we wrote to where the report tells it. */
export type ReportedRecipient = Verdict & {
	address: string
	originalAddress: string
	finalAddress: string
	action: RecipientAction
	diagnostic: string
}

/**
 * What can tie a report to one of our deliveries beside the addresses of its recipients; '' or empty where unsaid.
 * Everything in it was written by strangers: it is a hint until a signed token in it has been checked.
 */
export type ReportIdentifiers = {
	/** The addresses that the report itself was sent to: our return path among them. */
	sentTo: string[]
	/** Original-Envelope-Id of the report: our ENVID (RFC 3461 §4.4). */
	envelopeId: string
	/** Message-IDs that the report names as the returned message's, without angle brackets. */
	messageIds: string[]
	/** Addresses in the header of the returned message that name its recipient. */
	returnedTo: string[]
	/** Envelope senders of the returned message: our return path again. */
	returnPaths: string[]
	/** URIs in its List-Unsubscribe field, without angle brackets. */
	listUnsubscribe: string[]
	/** All header fields of the returned message. */
	returned: HeaderFields
}

/** A returned mail as it was understood. `feedbackType` is that of a feedback report (RFC 5965 §3.1), else null. */
export type Report = {
	kind: ReportKind
	recipients: ReportedRecipient[]
	feedbackType: string | null
	identifiers: ReportIdentifiers
}
