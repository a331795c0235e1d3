import { z } from 'zod'
import type { ReportedEvent } from '../reported-event.ts'
import { eachOf } from './each-of.ts'
import { type Category, deadAddress, heldBack, saysNothing, soft } from './judge-refusal.ts'
import { looseText, looseValue } from './loose.ts'
import { linkInMetadata } from './metadata.ts'
import type { WebhookProvider } from './provider.ts'
import { bySharedSecret } from './shared-secret.ts'
import { bounceEvent, complaintEvent, deliveredEvent, occurrence } from './webhook-event.ts'

/**
 * SparkPost (Bird): message events in batches. Nothing is signed; the secret is the password of Basic authentication
 * or a custom header.
 * Source: developers.sparkpost.com/api/webhooks and …/events; bounce classes: “Bounce Classification Codes” of its
 * support pages.
 */
export const sparkpost: WebhookProvider = { name: 'sparkpost', ...bySharedSecret, toEvents }

const event = z.object({
	type: z.string(),
	event_id: looseText,
	message_id: looseText,
	raw_rcpt_to: looseText,
	rcpt_to: looseText,
	msg_from: looseText,
	timestamp: looseValue,
	bounce_class: looseValue,
	raw_reason: looseText,
	reason: looseText,
	error_code: looseValue,
	rcpt_meta: z.unknown().optional(),
})

type Event = z.output<typeof event>

/** Each event is wrapped in the name of its class; a test batch holds an empty one. */
const wrapped = z.object({ msys: z.record(z.string(), z.unknown()) })

/** 60 (automatic reply), 80 and 90 (lists) and 100 (challenge) are missing: they are no bounces. */
const classes: ReadonlyMap<string, Category> = new Map([
	['1', saysNothing],
	['10', deadAddress],
	['20', soft('temporary')],
	['21', soft('temporary')],
	['22', soft('mailbox-full')],
	['23', soft('content')],
	['24', soft('temporary')],
	['25', heldBack],
	['30', saysNothing],
	['40', saysNothing],
	['50', soft('sender')],
	['51', soft('sender')],
	['52', soft('content')],
	['53', soft('content')],
	['54', soft('policy')],
	['70', soft('temporary')],
])

function toEvents(payload: unknown, receivedAt: Date): ReportedEvent[] {
	return eachOf(payload, wrapped, ({ msys }) => {
		const raw = Object.values(msys)[0]
		const parsed = event.safeParse(raw)
		return parsed.success ? toEvent(parsed.data, raw, receivedAt) : undefined
	})
}

function toEvent(item: Event, raw: unknown, receivedAt: Date): ReportedEvent | undefined {
	const address = item.raw_rcpt_to ?? item.rcpt_to
	if (!address) return undefined
	const sighting = {
		provider: sparkpost.name,
		id: [item.event_id ?? `${item.type} ${item.message_id} ${address} ${item.timestamp}`],
		address,
		identifiers: { returnPath: item.msg_from, unsubscribeUrl: linkInMetadata(item.rcpt_meta) },
		occurredAt: occurrence(item.timestamp, receivedAt),
		raw,
	}
	if (item.type === 'delivery') return deliveredEvent(sighting)
	if (item.type === 'spam_complaint') return complaintEvent(sighting)
	const category = categoryOf(item)
	return category && bounceEvent(sighting, { diagnostic: wordsOf(item), status: '' }, category)
}

/** A delay is none: SparkPost tries again. */
function categoryOf({ type, bounce_class = 1 }: Event): Category | undefined {
	const category = classes.get(String(bounce_class))
	if (type === 'policy_rejection') return category ?? soft('sender')
	return type === 'bounce' || type === 'out_of_band' ? category : undefined
}

/** `reason` has addresses and the like taken out. */
function wordsOf({ raw_reason, reason, error_code = '' }: Event): string {
	const words = raw_reason ?? reason ?? ''
	return /^[45]\d\d$/.test(String(error_code)) && !/^[45]\d\d\b/.test(words)
		? `${error_code} ${words}`
		: words
}
