import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import { bounceClasses } from '../../kernel/enumerations.ts'
import type { ReportedEvent } from '../reported-event.ts'
import { equalSecrets } from './equal-secrets.ts'
import { isFresh, timeOfSeconds } from './is-fresh.ts'
import { type Category, soft } from './judge-refusal.ts'
import { parseJson } from './parse-json.ts'
import type { Circumstances, Verified, WebhookProvider, WebhookRequest } from './provider.ts'
import { bounceEvent, complaintEvent, deliveredEvent, occurrence } from './webhook-event.ts'

/**
 * Whatever else sends mail: a form of our own (docs/webhooks.md), signed as Standard Webhooks 1.0 says, HMAC-SHA-256
 * over `ID.TIMESTAMP.BODY`. Of several signatures one must be right, so that secrets can be changed.
 * Source: github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const generic: WebhookProvider = {
	name: 'generic',
	findProblem: (secret) => (keyOf(secret).length >= 24 ? undefined : 'errors.webhook.setting.generic'),
	verify,
	toEvents,
}

function verify({ body, header }: WebhookRequest, secret: string, { now }: Circumstances): Verified {
	const id = header('webhook-id')
	const timestamp = header('webhook-timestamp')
	const signatures = header('webhook-signature')
	if (!id || !timestamp || !signatures) return { ok: false, reason: 'missing' }
	const expected = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest()
	const given = signatures.split(' ').slice(0, 10)
	const isOurs = given.some(
		(text) => text.startsWith('v1,') && equalSecrets(Buffer.from(text.slice(3), 'base64'), expected),
	)
	if (!isOurs) return { ok: false, reason: 'wrong' }
	if (!isFresh(timeOfSeconds(timestamp), now)) return { ok: false, reason: 'old' }
	return { ok: true, payload: parseJson(body) }
}

/** `whsec_` and base64 as Standard Webhooks writes secrets, else the characters themselves. */
function keyOf(secret: string): Buffer {
	return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
}

const post = z.object({ events: z.array(z.looseObject({ type: z.string() })).max(1_000) })

const event = z.object({
	id: z.string().min(1).max(200),
	type: z.string(),
	address: z.string().min(3).max(1_000),
	time: z.iso.datetime({ offset: true }).optional(),
	diagnostic: z.string().max(4_000).default(''),
	status: z.string().max(20).default(''),
	category: z.enum(bounceClasses).exclude(['complaint']).default('unknown'),
	messageId: z.string().max(1_000).optional(),
	returnPath: z.string().max(1_000).optional(),
	envelopeId: z.string().max(1_000).optional(),
	unsubscribeUrl: z.string().max(1_000).optional(),
})

const known = new Set(['bounce', 'complaint', 'delivered'])

/** Events of other types are passed over; one that is not as documented refuses all, so that the sender sees it. */
function toEvents(payload: unknown, receivedAt: Date): ReportedEvent[] {
	const { events } = checked(post, payload)
	return events.flatMap((raw, at) =>
		known.has(raw.type) ? [toEvent(checked(event, raw, ['events', at]), raw, receivedAt)] : [],
	)
}

function toEvent(item: z.output<typeof event>, raw: unknown, receivedAt: Date): ReportedEvent {
	const { messageId, returnPath, envelopeId, unsubscribeUrl } = item
	const sighting = {
		provider: generic.name,
		id: [item.id],
		address: item.address,
		identifiers: { messageId, returnPath, envelopeId, unsubscribeUrl },
		occurredAt: occurrence(item.time, receivedAt),
		raw,
	}
	if (item.type === 'delivered') return deliveredEvent(sighting)
	if (item.type === 'complaint') return complaintEvent(sighting)
	return bounceEvent(sighting, item, categories[item.category])
}

const categories: Record<z.output<typeof event>['category'], Category> = {
	address: { class: 'address', hard: true },
	'mailbox-full': soft('mailbox-full'),
	temporary: soft('temporary'),
	content: soft('content'),
	policy: soft('policy'),
	sender: soft('sender'),
	unknown: soft('unknown'),
}

function checked<Schema extends z.ZodType>(
	schema: Schema,
	value: unknown,
	at: ReadonlyArray<string | number> = [],
): z.output<Schema> {
	const result = schema.safeParse(value)
	if (result.success) return result.data
	const fields = result.error.issues.map(({ path }) => ({
		field: [...at, ...path].map(String).join('.'),
		message: 'errors.field.unusable',
	}))
	throw new AppError('invalid', 'errors.invalid', { fields })
}
