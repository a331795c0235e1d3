import type { ReportKind } from '../kernel/enumerations.ts'
import type { RecipientAction, Report, ReportedRecipient } from '../returned-mail/index.ts'
import { complainer } from '../returned-mail/index.ts'
import type { EventIdentifiers, ReportedEvent } from './reported-event.ts'

/** How a report came, and what tells it from all others. */
export type ReportOrigin = { via: ReportedEvent['via']; contentHash: string; occurredAt: Date }

/** The events in a report: one for each recipient that it says something final of. A delay is none (mail-rules S9). */
export function eventsOfReport(report: Report, origin: ReportOrigin): ReportedEvent[] {
	const { kind } = report
	if (kind === 'auto-reply' || kind === 'none') return []
	return recipientsOf(report, kind).map((recipient, index) => ({
		via: origin.via,
		// however it comes, the same report is the same
		externalId: `report:${origin.contentHash}:${index}`,
		kind,
		class: recipient.class,
		hard: recipient.hard,
		status: recipient.status,
		reply: recipient.reply,
		diagnostic: recipient.diagnostic,
		address: recipient.address || undefined,
		identifiers: identifiersOf(report, recipient),
		occurredAt: origin.occurredAt,
	}))
}

const actions: Record<Exclude<ReportKind, 'auto-reply' | 'none'>, RecipientAction> = {
	bounce: 'failed',
	complaint: 'complained',
	delivered: 'delivered',
}

function recipientsOf(report: Report, kind: keyof typeof actions): ReportedRecipient[] {
	// who complained is often hidden (RFC 6590): then tokens alone tell
	if (kind === 'complaint' && report.recipients.length === 0) {
		return [complainer('', report.feedbackType ?? 'abuse')]
	}
	return report.recipients.filter(({ action }) => action === actions[kind])
}

function identifiersOf(
	{ identifiers }: Report,
	{ originalAddress, finalAddress }: ReportedRecipient,
): EventIdentifiers {
	return {
		returnPath: identifiers.sentTo,
		returnedPath: identifiers.returnPaths,
		envelopeId: identifiers.envelopeId,
		messageId: identifiers.messageIds,
		unsubscribeUrl: identifiers.listUnsubscribe,
		originalRecipient: originalAddress || undefined,
		finalRecipient: finalAddress || undefined,
	}
}
