import { z } from 'zod'
import type { ReportedEvent } from '../reported-event.ts'
import { eachOf } from './each-of.ts'
import { type Category, deadAddress, heldBack, saysNothing, soft } from './judge-refusal.ts'
import { looseNumber, looseText, looseValue } from './loose.ts'
import { linkInMetadata } from './metadata.ts'
import type { WebhookProvider } from './provider.ts'
import { bySharedSecret } from './shared-secret.ts'
import { bounceEvent, complaintEvent, deliveredEvent, occurrence } from './webhook-event.ts'

/**
 * Mailjet: the Event API, events one by one or grouped. Nothing is signed; the secret is the password in the address.
 * Source: dev.mailjet.com/email/guides/webhooks, with its table of errors.
 */
export const mailjet: WebhookProvider = { name: 'mailjet', ...bySharedSecret, toEvents }

const report = z.object({
	event: z.string(),
	email: z.string().max(1_000),
	time: looseNumber,
	Message_GUID: looseText,
	MessageID: looseValue,
	CustomID: looseText,
	Payload: looseText,
	error: looseText,
	comment: looseText,
})

type Report = z.output<typeof report>

const errors: ReadonlyMap<string, Category> = new Map([
	['user unknown', deadAddress],
	['mailbox inactive', soft('temporary')],
	['quota exceeded', soft('mailbox-full')],
	['blacklisted', heldBack],
	['invalid domain', deadAddress],
	['no mail host', soft('temporary')],
	['relay/access denied', soft('policy')],
	['greylisted', soft('temporary')],
	['typofix', deadAddress],
	['sender blocked', soft('sender')],
	['content blocked', soft('content')],
	['policy issue', soft('policy')],
	['system issue', soft('temporary')],
	['protocol issue', soft('temporary')],
	['connection issue', soft('temporary')],
	['preblocked', heldBack],
])

function toEvents(payload: unknown, receivedAt: Date): ReportedEvent[] {
	return eachOf(payload, report, (item, raw) => {
		const sighting = {
			provider: mailjet.name,
			id: [item.event, item.Message_GUID ?? item.MessageID ?? '', item.email, item.time ?? 0],
			address: item.email,
			identifiers: { unsubscribeUrl: linkInMetadata(item.CustomID) ?? linkInMetadata(item.Payload) },
			occurredAt: occurrence(item.time, receivedAt),
			raw,
		}
		if (item.event === 'sent') return deliveredEvent(sighting)
		if (item.event === 'spam' || item.error === 'spam reporter') return complaintEvent(sighting)
		const category = categoryOf(item)
		return category && bounceEvent(sighting, { diagnostic: item.comment ?? '', status: '' }, category)
	})
}

function categoryOf({ event, error }: Report): Category | undefined {
	if (event !== 'bounce' && event !== 'blocked') return undefined
	// Mailjet left out a second copy to the same person: nobody refused anything
	if (error === 'duplicate in campaign') return undefined
	return errors.get(error ?? '') ?? saysNothing
}
