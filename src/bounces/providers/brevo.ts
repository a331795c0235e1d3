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
 * Brevo: transactional webhooks, single or batched. Nothing is signed; the secret is a Bearer token or the password in
 * the address.
 * Source: developers.brevo.com/docs, “Transactional webhooks”, “Batched webhooks” and “Secure webhook calls”.
 */
export const brevo: WebhookProvider = { name: 'brevo', ...bySharedSecret, toEvents }

const report = z.object({
	event: z.string(),
	email: z.string().max(1_000),
	'message-id': looseText,
	reason: looseText,
	ts_epoch: looseNumber,
	ts_event: looseNumber,
	'X-Mailin-custom': z.unknown().optional(),
})

const categories: ReadonlyMap<string, Category> = new Map([
	['hard_bounce', saysNothing],
	['soft_bounce', soft('temporary')],
	['error', soft('temporary')],
	['invalid_email', deadAddress],
	['invalid', deadAddress],
	['blocked', heldBack],
])

function toEvents(payload: unknown, receivedAt: Date): ReportedEvent[] {
	return eachOf(payload, report, (item, raw) => {
		const messageId = item['message-id']
		// milliseconds, the one time that does not follow the account's time zone
		const seconds = item.ts_epoch === undefined ? item.ts_event : item.ts_epoch / 1_000
		const sighting = {
			provider: brevo.name,
			// Brevo numbers its webhooks, not its events
			id: [item.event, messageId ?? '', item.email, seconds ?? 0],
			address: item.email,
			identifiers: { messageId, unsubscribeUrl: linkInMetadata(item['X-Mailin-custom']) },
			occurredAt: occurrence(seconds, receivedAt),
			raw,
		}
		if (item.event === 'delivered') return deliveredEvent(sighting)
		if (item.event === 'spam' || item.event === 'complaint') return complaintEvent(sighting)
		const category = categories.get(item.event)
		return category && bounceEvent(sighting, { diagnostic: item.reason ?? '', status: '' }, category)
	})
}
