import { createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto'
import { z } from 'zod'
import type { ReportedEvent } from '../reported-event.ts'
import { eachOf } from './each-of.ts'
import { isFresh, timeOfSeconds } from './is-fresh.ts'
import { type Category, deadAddress, heldBack, saysNothing, soft } from './judge-refusal.ts'
import { looseNumber, looseText } from './loose.ts'
import { linkInMetadata } from './metadata.ts'
import { parseJson } from './parse-json.ts'
import type { Circumstances, Verified, WebhookProvider, WebhookRequest } from './provider.ts'
import { bounceEvent, complaintEvent, deliveredEvent, occurrence } from './webhook-event.ts'

/**
 * Twilio SendGrid: the Signed Event Webhook. ECDSA on P-256 with SHA-256 over the timestamp and the bytes of the body;
 * the secret is the verification key that SendGrid shows, the base64 of its DER form.
 * Source: twilio.com/docs/sendgrid/for-developers/tracking-events, “Getting Started with the Event Webhook Security
 * Features” and “Event Webhook Reference”.
 */
export const sendgrid: WebhookProvider = {
	name: 'sendgrid',
	findProblem: (secret) => (openKey(secret) ? undefined : 'errors.webhook.setting.sendgrid'),
	verify,
	toEvents,
}

function verify({ body, header }: WebhookRequest, secret: string, { now }: Circumstances): Verified {
	const signature = header('x-twilio-email-event-webhook-signature')
	const timestamp = header('x-twilio-email-event-webhook-timestamp')
	if (!signature || !timestamp) return { ok: false, reason: 'missing' }
	const key = openKey(secret)
	const signed = Buffer.concat([Buffer.from(timestamp), body])
	if (!key || !verifySignature('sha256', signed, key, Buffer.from(signature, 'base64'))) {
		return { ok: false, reason: 'wrong' }
	}
	if (!isFresh(timeOfSeconds(timestamp), now)) return { ok: false, reason: 'old' }
	return { ok: true, payload: parseJson(body) }
}

function openKey(secret: string): KeyObject | undefined {
	try {
		const der = Buffer.from(secret.replace(/-----[A-Z ]+-----|\\n|\s/g, ''), 'base64')
		const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
		return key.asymmetricKeyType === 'ec' ? key : undefined
	} catch {
		return undefined // no key at all
	}
}

const event = z.object({
	event: z.string(),
	email: z.string().max(1_000),
	timestamp: looseNumber,
	'smtp-id': looseText,
	sg_event_id: looseText,
	sg_message_id: looseText,
	type: looseText,
	bounce_classification: looseText,
	reason: looseText,
	status: looseText,
})

type Event = z.output<typeof event>

const classifications: ReadonlyMap<string, Category> = new Map([
	['Invalid Address', deadAddress],
	['Technical', soft('temporary')],
	['Mailbox Unavailable', soft('temporary')],
	['Content', soft('content')],
	['Reputation', soft('sender')],
	['Frequency or Volume', soft('sender')],
	['Frequency or Volume Too High', soft('sender')],
])

const types: ReadonlyMap<string, Category> = new Map([
	['blocked', soft('policy')],
	['expired', soft('temporary')],
])

/** Why SendGrid itself sent nothing. An address that had unsubscribed at SendGrid is no bounce. */
const drops: ReadonlyMap<string, Category> = new Map([
	['Bounced Address', heldBack],
	['Invalid', deadAddress],
	['Spam Content', { ...soft('content'), decides: true }],
])

function toEvents(payload: unknown, receivedAt: Date): ReportedEvent[] {
	return eachOf(payload, event, (item, raw) => {
		const sighting = {
			provider: sendgrid.name,
			id: [item.sg_event_id ?? `${item.sg_message_id} ${item.email} ${item.timestamp}`],
			address: item.email,
			identifiers: { messageId: item['smtp-id'], unsubscribeUrl: linkInMetadata(raw) },
			occurredAt: occurrence(item.timestamp, receivedAt),
			raw,
		}
		if (item.event === 'delivered') return deliveredEvent(sighting)
		if (item.event === 'spamreport' || isHeldAfterComplaint(item)) return complaintEvent(sighting)
		const category = categoryOf(item)
		const said = { diagnostic: item.reason ?? '', status: item.status ?? '' }
		return category && bounceEvent(sighting, said, category)
	})
}

function isHeldAfterComplaint({ event: kind, reason }: Event): boolean {
	return kind === 'dropped' && reason === 'Spam Reporting Address'
}

function categoryOf({ event: kind, type, reason, bounce_classification }: Event): Category | undefined {
	if (kind === 'dropped') return drops.get(reason ?? '')
	if (kind !== 'bounce') return undefined
	return classifications.get(bounce_classification ?? '') ?? types.get(type ?? '') ?? saysNothing
}
