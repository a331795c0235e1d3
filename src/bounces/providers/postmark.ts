import { z } from 'zod'
import type { ReportedEvent } from '../reported-event.ts'
import { eachOf } from './each-of.ts'
import { type Category, deadAddress, heldBack, saysNothing, soft } from './judge-refusal.ts'
import { looseNumber, looseText } from './loose.ts'
import { linkInMetadata } from './metadata.ts'
import type { WebhookProvider } from './provider.ts'
import { bySharedSecret } from './shared-secret.ts'
import { bounceEvent, complaintEvent, deliveredEvent, occurrence } from './webhook-event.ts'

/**
 * Postmark: Bounce, Spam complaint and Delivery webhooks. Nothing is signed; the secret is the password in the
 * address, or a header that is set with the webhook.
 * Source: postmarkapp.com/developer/webhooks/bounce-webhook, …/spam-complaint-webhook, …/delivery-webhook, and the
 * bounce types of postmarkapp.com/developer/api/bounce-api.
 */
export const postmark: WebhookProvider = { name: 'postmark', ...bySharedSecret, toEvents }

const report = z.object({
	RecordType: z.string(),
	Type: looseText,
	ID: looseNumber,
	MessageID: looseText,
	Email: looseText,
	Recipient: looseText,
	Details: looseText,
	BouncedAt: looseText,
	DeliveredAt: looseText,
	Metadata: z.unknown().optional(),
})

/** What is missing here is no bounce: automatic answers, changes of lists, trouble with Postmark's own API. */
const categories: ReadonlyMap<string, Category> = new Map([
	['HardBounce', saysNothing],
	['SoftBounce', soft('temporary')],
	['DnsError', soft('temporary')],
	['Unknown', saysNothing],
	['BadEmailAddress', deadAddress],
	['SpamNotification', soft('content')], // refused as spam by a filter, not by a person
	['VirusNotification', soft('content')],
	['Blocked', soft('sender')],
	['DMARCPolicy', soft('sender')],
	['ManuallyDeactivated', heldBack],
])

function toEvents(payload: unknown, receivedAt: Date): ReportedEvent[] {
	return eachOf(payload, report, (item, raw) => {
		const address = item.Email ?? item.Recipient
		if (!address) return undefined
		const sighting = {
			provider: postmark.name,
			id: [item.RecordType, item.ID ?? 0, item.MessageID ?? '', address],
			address,
			identifiers: { unsubscribeUrl: linkInMetadata(item.Metadata) },
			occurredAt: occurrence(item.BouncedAt ?? item.DeliveredAt, receivedAt),
			raw,
		}
		if (item.RecordType === 'Delivery') return deliveredEvent(sighting)
		if (item.RecordType === 'SpamComplaint' || item.Type === 'SpamComplaint') return complaintEvent(sighting)
		const category = item.RecordType === 'Bounce' ? categories.get(item.Type ?? '') : undefined
		return category && bounceEvent(sighting, { diagnostic: item.Details ?? '', status: '' }, category)
	})
}
